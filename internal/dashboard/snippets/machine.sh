# CLIENT_SECRET stands in the environment, never in the code.
curl {{token_endpoint}} \
  --user {{client_id}}:"$CLIENT_SECRET" \
  --data grant_type=client_credentials \
  --data-urlencode audience={{audience}}
