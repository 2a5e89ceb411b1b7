#!/usr/bin/env bash
# Looks for what the tests need beyond Python. Missing and root: installed. Missing and not root: one line says how.
set -euo pipefail

has() { for program in "$@"; do if command -v "$program" >/dev/null; then return 0; fi; done; return 1; }

packages=()
has chromium chromium-browser google-chrome || packages+=(chromium fonts-inter fonts-dejavu-core)
has java || packages+=(openjdk-17-jre-headless)
has mvn || packages+=(maven)
has ss || packages+=(iproute2)
if [ ${#packages[@]} = 0 ]; then exit 0; fi

if ! has apt-get; then
  echo "the tests need Chromium, Java 17, Maven and ss: install them so that \`chromium\`, \`java\`, \`mvn\` and \`ss\` are on the PATH" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "the tests need more: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}" >&2
  exit 1
fi
echo "installing ${packages[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update && apt-get install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  exit 1
fi
