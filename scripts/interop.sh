#!/usr/bin/env bash
# Runs OAuth clients nobody here wrote against the real binary.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh npm
cd test && npm run interop
