#!/bin/sh
set -eu
printf 'user = "%s:%s"\n' «client_id» "$CLIENT_SECRET" |
  curl --silent --show-error --fail-with-body --config - \
    --data grant_type=client_credentials \
    --data-urlencode audience=«audience» \
    «token_endpoint»
