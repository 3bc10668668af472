#!/usr/bin/env bash
# Installs what a test needs and the machine lacks: chromium, postgresql, npm (the packages of test/package.json), and the
# languages that guides of the quick start are written in: curl, python3, php, ruby.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_updated=
install() {
  if ! command -v apt-get >/dev/null; then
    echo "need: $1 is missing, and there is no apt-get to install it with: install it by hand" >&2
    exit 1
  fi
  [ -n "$apt_updated" ] || as_root apt-get update -q
  apt_updated=yes
  echo "need: installing $1"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1"
}

for what in "$@"; do
  case $what in
    chromium)
      command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || install chromium
      ;;
    postgresql)
      command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || install postgresql
      ;;
    curl | python3 | ruby)
      command -v "$what" >/dev/null || install "$what"
      ;;
    php)
      command -v php >/dev/null || install php-cli
      ;;
    npm)
      command -v npm >/dev/null || install npm
      if ! cmp -s test/package-lock.json test/node_modules/.installed; then
        (cd test && npm ci --no-fund --no-audit)
        cp test/package-lock.json test/node_modules/.installed
      fi
      ;;
  esac
done
