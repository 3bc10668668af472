#!/usr/bin/env bash
# Runs OAuth clients nobody here wrote against the real binary, and the code of the quick start's guides against the server.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh npm curl python3 php ruby
(cd test && npm run interop)
go test -count=1 -timeout 5m ./test/guides/...
