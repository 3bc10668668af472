#!/usr/bin/env bash
# A throw-away PostgreSQL server, for tests: in a temporary directory, on a free loopback port, without writing through to
# the disk. Installs the server if it is missing.
#
#   scripts/postgres.sh run COMMAND…   starts one, runs the command with CLIENTELE_TEST_POSTGRES set to its URL, stops it
#   scripts/postgres.sh serve          starts one, prints its URL, and stops it on Ctrl-C
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

# find_bin prints the directory of the newest server there is.
find_bin() {
  local bin
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin | sort -Vr); do
    if [ -x "$bin/initdb" ]; then
      echo "$bin"
      return
    fi
  done
  if command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  fi
}

# as_server runs a command as a user that is not root: PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
  else
    "$@"
  fi
}

# place prints where the server's files go: in memory if there are 2 GB of it, because every test makes a database.
place() {
  if [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 {print $4}')" -gt 2000000 ]; then
    echo /dev/shm
  else
    echo "${TMPDIR:-/tmp}"
  fi
}

start() {
  bin=$(find_bin)
  if [ -z "$bin" ]; then
    scripts/need.sh postgresql >&2
    bin=$(find_bin)
  fi
  dir=$(mktemp -d -p "$(place)")
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [ "$(id -u)" = 0 ]; then chown postgres: "$dir"; fi
  as_server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir.log" 2>&1 ||
    as_server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir.log" 2>&1 ||
    { cat "$dir.log" >&2; exit 1; }
  for _ in 1 2 3 4 5 6 7 8 9 10; do # a port can be taken between the guess and the start
    port=$((20000 + RANDOM % 20000))
    if as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 30 -s start \
      -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=256MB ${POSTGRES_OPTIONS:--c fsync=off -c synchronous_commit=off -c full_page_writes=off}" >>"$dir.log" 2>&1; then
      url="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
      return
    fi
  done
  cat "$dir.log" "$dir/data/server.log" >&2
  exit 1
}

stop() {
  local status=$?
  trap - EXIT
  as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >/dev/null 2>&1 || true
  rm -rf "$dir" "$dir.log"
  exit $status
}

case ${1:-} in
  run)
    shift
    [ $# -gt 0 ] || usage
    start
    CLIENTELE_TEST_POSTGRES=$url "$@"
    ;;
  serve)
    start
    echo "$url"
    mkfifo "$dir/never"
    read -r _ <>"$dir/never"
    ;;
  *) usage ;;
esac
