#!/usr/bin/env bash
# Resolve pyproject's ranges on the oldest supported Python and write the pinned versions.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet .
"$work/venv/bin/python" -m pip freeze --exclude attitudes | grep -v '@ file' >requirements.lock
"$work/venv/bin/python" -m pip install --quiet --upgrade pip
"$work/venv/bin/python" -m pip install --quiet --group dev
"$work/venv/bin/python" -m pip freeze --exclude attitudes | grep -v '@ file' >"$work/all"
grep -v -x -F -f requirements.lock "$work/all" | grep -v -i '^pip==' >requirements-dev.lock
