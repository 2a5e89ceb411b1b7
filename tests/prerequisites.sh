#!/usr/bin/env bash
# Looks for what the tests need beyond Python. Missing and root: installed. Missing and not root: one line says how.
set -euo pipefail
packages=(chromium fonts-inter fonts-dejavu-core)

for browser in chromium chromium-browser google-chrome; do
  if command -v "$browser" >/dev/null; then exit 0; fi
done

if ! command -v apt-get >/dev/null; then
  echo "the browser tests need Chromium: install it so that \`chromium\` is on the PATH" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "the browser tests need Chromium: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}" >&2
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
