#!/usr/bin/env bash
# Install the apt packages that tests need; arguments are PACKAGE:COMMAND (a package without a command is asked of dpkg).
set -eu
missing=()
for pair in "$@"; do
  package=${pair%%:*} command=${pair#*:}
  if [ -n "$command" ]; then
    command -v "$command" >/dev/null || missing+=("$package")
  elif command -v dpkg-query >/dev/null && ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
    missing+=("$package")
  fi
done
[ ${#missing[@]} -eq 0 ] && exit 0
say() { echo "tests need ${missing[*]}: $1" >&2; exit 1; }
command -v apt-get >/dev/null || say "no apt-get here; install Chromium, GDAL's command line tools and a Chinese font by hand"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || say "run as root:  apt-get install ${missing[*]}"
  as_root=sudo
fi
echo "installing ${missing[*]} …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || say "apt-get could not install them"
