#!/usr/bin/env bash
# Everything that the engine decides, on SQLite and on a throw-away PostgreSQL, with the race detector: the store, the nouns
# on it, what the doors let the database decide, the protocol's rules and races, and the search for leaked secrets. Then the pages.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh postgresql
scripts/postgres.sh run scripts/race.sh -count=1 -timeout 10m \
  ./internal/sqldb/... ./internal/store/... ./internal/settings/... ./internal/registry/... ./internal/account/... ./internal/advisor/... \
  ./internal/cimd/... ./internal/authorize/... ./internal/signin/... ./internal/token/... ./test/protocol/... ./test/leak/... "$@"
# Whole pages, which say nothing of engines, once more on the other one; without the detector, which saw them on SQLite.
CLIENTELE_TEST_ON=postgres scripts/postgres.sh run go test -count=1 -timeout 15m \
  ./internal/dashboard/... ./internal/management/... ./internal/userinfo/... ./internal/server/... "$@"
