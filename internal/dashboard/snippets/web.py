import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
oauth = OAuth(app)
oauth.register(
    "clientele",
    client_id={{client_id}},
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url={{issuer}} + ".well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/login")
def login():
    return oauth.clientele.authorize_redirect({{callback}})


@app.get({{callback_path}})
def callback():
    tokens = oauth.clientele.authorize_access_token()
    session["person"] = tokens["userinfo"]["email"]
    return f"Signed in as {session['person']}"
