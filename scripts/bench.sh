#!/usr/bin/env bash
# Measures everything and keeps the raw results, with date, machine, commit and command, in bench/results.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh postgresql
mkdir -p bench/results tmp
out=bench/results/$(date -u +%Y-%m-%d)-$(git rev-parse --short=10 HEAD).txt
binary=$PWD/tmp/clientele-bench
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$binary" ./cmd/clientele
CGO_ENABLED=0 go build -o tmp/startup-bench ./bench/startup
CGO_ENABLED=0 go build -o tmp/load-bench ./bench/load

section() {
  printf '\n## %s\n\n$ %s\n\n' "$1" "${*:2}"
  "${@:2}" 2>&1
}

{
  printf 'date     %s\n' "$(date -u +%Y-%m-%dT%H:%MZ)"
  printf 'commit   %s%s\n' "$(git rev-parse HEAD)" "$(git diff --quiet HEAD || echo ' and changes')"
  printf 'machine  %s, %s cores, %s\n' "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -sr)"
  printf 'load     %s before the run\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  printf 'go       %s\n' "$(go version | cut -d' ' -f3-)"
  printf 'command  make bench\n'
  section 'Start, memory, size' tmp/startup-bench "$binary" 10
  section 'Over loopback' tmp/load-bench "$binary" 5 16
  section 'In process, and the store on both engines' scripts/postgres.sh run go test -run '^$' -bench . -benchmem -timeout 60m ./bench
} | sed "s#$PWD/##g" | tee "$out"
echo "kept in $out"
