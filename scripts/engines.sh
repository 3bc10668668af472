#!/usr/bin/env bash
# The store's tests on SQLite and on a throw-away PostgreSQL, with the race detector.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh postgresql
scripts/postgres.sh run go test -race -count=1 -timeout 10m ./internal/sqldb/... ./internal/store/... "$@"
