# Every verb works on its own. `make test` is everything; it installs what is missing first.
SHELL := /bin/bash
export PATH := $(CURDIR)/bin:$(PATH)
export CGO_ENABLED ?= 1

FUZZTIME ?= 60s

.DEFAULT_GOAL := help
.PHONY: help run demo build check test postgres browser interop durability protocol bench fuzz tools vuln templ fmt

help: ## what there is
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the server on http://localhost:8080 with ./clientele-data
	go run ./cmd/clientele serve

demo: ## start a throw-away server with sample data and a sample client
	go run ./cmd/clientele serve --demo

build: ## a static, stripped ./clientele
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o clientele ./cmd/clientele

check: ## under a minute, no network: format, vet, lint, templates, policies, unit tests with -race
	@scripts/tools.sh without-vuln
	scripts/check.sh

test: ## everything; installs what is missing
	scripts/test.sh

postgres: ## what the engine decides, and every page, on both engines, with a throw-away PostgreSQL
	scripts/engines.sh

protocol: ## the protocol transcripts
	go test -count=1 ./test/protocol/...

browser: ## every page and flow in real Chromium
	scripts/browser.sh

interop: ## clients nobody here wrote
	scripts/interop.sh

durability: ## kill -9 during writes, fifty times
	scripts/postgres.sh run go test -count=1 -v -timeout 10m ./test/durability/...

bench: ## benchmarks and load; writes bench/results/
	scripts/bench.sh

fuzz: ## every fuzz target for FUZZTIME (60s)
	scripts/fuzz.sh $(FUZZTIME)

tools: ## the exact versions of what check needs, in ./bin
	@scripts/tools.sh

vuln: tools ## known vulnerabilities that our code reaches (asks vuln.go.dev)
	govulncheck ./...

templ: tools ## generate Go from the templates
	scripts/templ.sh

fmt: tools ## format everything
	gofumpt -w $$(git ls-files '*.go' | grep -v _templ.go)
