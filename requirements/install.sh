#!/usr/bin/env bash
# Makes the virtual environment, or brings it up to date; does nothing when it already is.
# usage: requirements/install.sh VENV runtime|test
set -euo pipefail
venv=$1
lock=requirements/$2.txt

fits() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

digest() { cat pyproject.toml "$1" | cksum; }

# What is installed for the tests is enough to run as well.
for installed in "$lock" requirements/test.txt; do
  if [ "$(cat "$venv/installed" 2>/dev/null)" = "$installed $(digest "$installed") $PWD" ]; then exit 0; fi
done

if ! fits "$venv/bin/python"; then
  # The distribution's first: it is built with a profile, and takes a quarter less CPU than one compiled at home.
  for python in {/usr/bin/python3.11,python3.11,{/usr/bin/,}python3.1{2,3},{/usr/bin/,}python3} ''; do
    if fits "$python"; then break; fi
  done
  if [ -z "$python" ]; then
    echo "needs Python 3.11 or newer with its venv module; on Debian and Ubuntu: sudo apt-get install python3 python3-venv" >&2
    exit 1
  fi
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi

echo "installing $lock into $venv" >&2
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes --no-deps --requirement "$lock"
pip install --no-deps --no-build-isolation --editable .
echo "$lock $(digest "$lock") $PWD" >"$venv/installed"
