#!/usr/bin/env bash
# go test with the race detector on our own code. The SQLite library, which is C translated to Go, is left out: it locks by
# its own means, the detector has nothing to say about it, and with it everything takes ten times as long.
exec go test -race -gcflags='modernc.org/...=-race=false -d=checkptr=0' "$@"
