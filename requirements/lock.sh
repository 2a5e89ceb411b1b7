#!/usr/bin/env bash
# Pins every dependency with its hashes, from pyproject.toml; versions already pinned stay unless --upgrade is given.
# usage: requirements/lock.sh PYTHON [--upgrade | --upgrade-package NAME]
# No index address is written: where packages come from is the affair of the machine that installs them.
set -euo pipefail
python=$1
shift
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools"
"$tools/bin/pip" install --quiet pip-tools
options=(--quiet --generate-hashes --reuse-hashes --allow-unsafe --strip-extras --no-header --annotation-style=line)
options+=(--no-emit-options --extra build) # no-emit-options: no address either
"$tools/bin/pip-compile" "${options[@]}" "$@" --output-file requirements/runtime.txt pyproject.toml
"$tools/bin/pip-compile" "${options[@]}" "$@" --extra test --output-file requirements/test.txt pyproject.toml
# The benchmark's peers each have an environment of their own, with the versions that the tests have.
for peer in benchmarks/peers/*.in; do
  "$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --annotation-style=line \
    --no-emit-options --constraint requirements/test.txt --output-file "${peer%.in}.txt" "$peer"
done
