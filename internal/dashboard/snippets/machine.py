import os

import requests

response = requests.post(
    {{token_endpoint}},
    data={
        "grant_type": "client_credentials",
        "client_id": {{client_id}},
        "client_secret": os.environ["CLIENT_SECRET"],
        "audience": {{audience}},
    },
    timeout=10,
)
response.raise_for_status()
print(response.json()["access_token"])
