#!/usr/bin/env bash
# Everything. Installs what is missing, runs every suite even if one fails, and says at the end which did.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/bin:$PATH"
passed=() failed=()

suite() {
  local name=$1 start=$SECONDS
  shift
  printf '\n=== %s\n' "$name"
  if "$@"; then
    passed+=("$name: $((SECONDS - start)) s")
  else
    failed+=("$name: $((SECONDS - start)) s")
  fi
}

suite install scripts/need.sh chromium postgresql npm
suite tools scripts/tools.sh without-vuln
suite check env -u CI scripts/check.sh # on SQLite; the next suite runs what the engine decides on both, and fails without PostgreSQL
suite engines scripts/engines.sh
suite interop scripts/interop.sh
suite browser scripts/browser.sh
suite durability scripts/postgres.sh run go test -count=1 -timeout 10m ./test/durability/...
suite fuzz scripts/fuzz.sh "${FUZZTIME:-10s}"

printf '\n=== after %d min\n' $((SECONDS / 60))
printf 'passed  %s\n' "${passed[@]}"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED  %s\n' "${failed[@]}"
  exit 1
fi
echo "everything passed"
