#!/bin/sh
# Make .venv with the locked dependencies and this project in it.
#   scripts/setup.sh run    what running needs
#   scripts/setup.sh dev    what testing and changing needs as well
#   scripts/setup.sh fuzz   the fuzzer besides, which is built for few systems
# Any Python from 3.11 to 3.14 will do; PYTHON names one. uv is used when it is there: it is quicker.
set -eu
cd "$(dirname "$0")/.."

suits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if suits "$candidate"; then echo "$candidate"; return; fi
  done
}

install_command() { # the one command that installs $1 (Debian and Ubuntu) or Python (macOS, Fedora)
  if command -v brew >/dev/null 2>&1; then echo "brew install python@3.13"
  elif command -v apt-get >/dev/null 2>&1; then echo "sudo apt-get install -y $1"
  elif command -v dnf >/dev/null 2>&1; then echo "sudo dnf install -y python3.13"
  else echo "install Python 3.13 from https://www.python.org/downloads/"; fi
}

stop() { # what is missing, the command that mends it
  printf '\n  %s\n  Mend it with:\n\n      %s\n\n  and run make again.\n\n' "$1" "$2" >&2
  exit 1
}

python=$(find_python)
if [ -z "$python" ]; then
  found=$(python3 --version 2>/dev/null || echo "no python3")
  stop "Python 3.11 to 3.14 is needed; found: $found." "$(install_command python3.13)"
fi
if ! command -v uv >/dev/null 2>&1 && ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  stop "Python $version is here, but its venv part is not." "$(install_command "python$version-venv")"
fi

case ${1:-run} in
  dev) locks="-r requirements-build.txt -r requirements-dev.txt" ;;
  fuzz) locks="-r requirements-build.txt -r requirements-dev.txt -r requirements-fuzz.txt" ;;
  *)   locks="-r requirements-build.txt -r requirements.txt" ;;
esac

echo "Setting up .venv with $("$python" --version) (first time: about a minute) ..."
# shellcheck disable=SC2086 # $locks is a list of words
if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
  uv pip install --quiet --python .venv/bin/python --require-hashes $locks
  uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  export PIP_DISABLE_PIP_VERSION_CHECK=1
  .venv/bin/python -m pip install --quiet --require-hashes $locks
  .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
fi
echo "Set up."
