import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

TOKEN_ENDPOINT = «token_endpoint»
CLIENT_ID = «client_id»
AUDIENCE = «audience»


class Token:
    """An access token that is made anew shortly before it ends."""

    value, scope, ends = "", "", 0.0

    def get(self):
        if time.time() > self.ends - 30:
            form = urllib.parse.urlencode({
                "grant_type": "client_credentials",
                "client_id": CLIENT_ID,
                "client_secret": os.environ["CLIENT_SECRET"],
                "audience": AUDIENCE,
            })
            try:
                with urllib.request.urlopen(TOKEN_ENDPOINT, form.encode(), timeout=10) as response:
                    tokens = json.load(response)
            except urllib.error.HTTPError as refused:
                raise SystemExit(json.load(refused)["error_description"]) from None
            self.value, self.scope = tokens["access_token"], tokens.get("scope", "")
            self.ends = time.time() + tokens["expires_in"]
        return self.value


token = Token()
headers = {"Authorization": "Bearer " + token.get()}  # each call of your API begins with it
print("Good until", time.ctime(token.ends), "for", token.scope or "no permission")
