#!/usr/bin/env bash
# Drives the real binary in real Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh chromium npm
go test -count=1 -timeout 45m ./test/browser/... "$@"
