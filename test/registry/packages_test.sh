#!/bin/bash
# The packages of the built-in registry, rendered with the jsonnet command as ksonnet would render them.
set -eu
cd "$(dirname "$0")"
command -v jsonnet > /dev/null || { echo "packages_test: needs the command 'jsonnet' (apt-get install jsonnet)" >&2; exit 1; }
export PYTHONDONTWRITEBYTECODE=1
python3 packages_test.py
python3 jupyter_test.py
