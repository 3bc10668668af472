#!/usr/bin/env bash
# Puts the exact versions of our tools in ./bin. A tool of that version that is on the machine already is linked, not built.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin

version_of() { go version -m "$1" 2>/dev/null | awk '$1 == "mod" { print $3; exit }'; }

need() {
  local name=$1 module=$2 version=$3 found
  [ "$(version_of "bin/$name")" = "$version" ] && return
  found=$(PATH="$PATH:$(go env GOPATH)/bin" command -v "$name" || true)
  if [ -n "$found" ] && [ "$(version_of "$found")" = "$version" ]; then
    ln -sf "$found" "bin/$name"
    return
  fi
  echo "tools: building $name $version"
  GOBIN="$PWD/bin" CGO_ENABLED=0 go install "$module@$version"
}

need gofumpt mvdan.cc/gofumpt v0.12.0
need golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint v2.15.0
need templ github.com/a-h/templ/cmd/templ v0.3.977
if [ "${1:-}" != without-vuln ]; then
  need govulncheck golang.org/x/vuln/cmd/govulncheck v1.8.0
fi
