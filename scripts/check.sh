#!/usr/bin/env bash
# Everything that needs no network and no other program: four minutes from nothing, far less for what a change touches.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()

step() {
  local name=$1 start=$SECONDS
  shift
  if "$@"; then
    printf 'check: %-10s ok    %3d s\n' "$name" $((SECONDS - start))
  else
    printf 'check: %-10s FAILED %2d s\n' "$name" $((SECONDS - start))
    failed+=("$name")
  fi
}

format() {
  local ugly
  ugly=$(git ls-files --cached --others --exclude-standard '*.go' | grep -v '_templ\.go$' | xargs gofumpt -l)
  [ -z "$ugly" ] && return
  printf 'not formatted (make fmt):\n%s\n' "$ugly"
  return 1
}

step format format
step templates scripts/templ.sh --check
step vet go vet ./...
step lint golangci-lint run ./...
# The policies (imports, citations) have nothing to race, and the command line is tested by starting it hundreds of times:
# both go without the detector.
single='/internal/(archtest|cli)$'
step race scripts/race.sh -timeout 5m $(go list ./internal/... ./cmd/... | grep -vE "$single")
step single go test -timeout 5m $(go list ./internal/... | grep -E "$single")

if [ ${#failed[@]} -gt 0 ]; then
  echo "check: failed: ${failed[*]}"
  exit 1
fi
echo "check: all good after $SECONDS s"
