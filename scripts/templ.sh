#!/usr/bin/env bash
# Generates Go from the templates; with --check only says whether what is committed is what they generate.
set -euo pipefail
cd "$(dirname "$0")/.."

packages() { find internal -name '*.templ' -printf '%h\n' | sort -u; }

if [ "${1:-}" != --check ]; then
  packages | while read -r dir; do templ generate -path "$dir" -log-level warn; done
  exit
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp go.mod "$copy/"
status=0
while read -r dir; do
  mkdir -p "$copy/$dir"
  cp "$dir"/*.templ "$copy/$dir/"
  (cd "$copy" && templ generate -path "$dir" -log-level warn)
  for made in "$copy/$dir"/*_templ.go; do
    if ! cmp -s "$made" "$dir/$(basename "$made")"; then
      echo "$dir/$(basename "$made") is not what its template generates: run make templ"
      status=1
    fi
  done
done < <(packages)
exit $status
