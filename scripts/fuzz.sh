#!/usr/bin/env bash
# Runs every fuzz target for the time given (60s), one after the other.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
count=0
while IFS=: read -r file target; do
  dir=./$(dirname "$file")
  echo "fuzz: $dir $target for $time"
  go test "$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5s
  count=$((count + 1))
done < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' internal test 2>/dev/null | sed 's/:func /:/' | sort)
echo "fuzz: $count targets, no finding"
[ "$count" -gt 0 ]
