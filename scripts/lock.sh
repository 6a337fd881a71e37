#!/bin/sh
# Compile the hashed locks from pyproject.toml: the same versions for every Python and system.
# Compiled requirement files, not uv.lock: a uv.lock records where each file was downloaded from.
set -eu
cd "$(dirname "$0")/.."
compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header "$@"
}
compile pyproject.toml -o requirements.txt
compile pyproject.toml --extra postgres -c requirements.txt -o requirements-postgres.txt
compile pyproject.toml --extra vectors -c requirements.txt -o requirements-vectors.txt
compile --group build -c requirements.txt -o requirements-build.txt
compile pyproject.toml --extra postgres --extra vectors --group dev -c requirements.txt -o requirements-dev.txt
compile --group fuzz -o requirements-fuzz.txt
