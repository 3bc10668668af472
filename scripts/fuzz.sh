#!/usr/bin/env bash
# Runs every fuzz target for the time given (60s), one after the other. On a busy machine the go command may report the end of
# that time as a failure of its own, "context deadline exceeded" without an input; such a run says nothing and is done again.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
count=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
while IFS=: read -r file target; do
  dir=./$(dirname "$file")
  echo "fuzz: $dir $target for $time"
  for try in 1 2 3; do
    if go test "$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5s 2>&1 | tee "$out"; then break; fi
    if [ "$try" = 3 ] || ! grep -q 'context deadline exceeded' "$out" || grep -q 'Failing input written' "$out"; then exit 1; fi
  done
  count=$((count + 1))
done < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' internal test 2>/dev/null | sed 's/:func /:/' | sort)
echo "fuzz: $count targets, no finding"
[ "$count" -gt 0 ]
