import os
import secrets

from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SESSION_SECRET") or secrets.token_hex(32))

oauth = OAuth()
oauth.register(
    name="clientele",
    client_id=«client_id»,
    «if confidential»
    client_secret=os.environ["CLIENT_SECRET"],
    «else»
    token_endpoint_auth_method="none",
    «end»
    server_metadata_url=«discovery»,
    client_kwargs={"scope": «scope», "code_challenge_method": "S256"},
)


@app.get("/")
async def home(request: Request):
    return {"signed in as": request.session.get("person")}


@app.get("/login")
async def login(request: Request):
    «if api»
    return await oauth.clientele.authorize_redirect(request, «callback», audience=«audience»)
    «else»
    return await oauth.clientele.authorize_redirect(request, «callback»)
    «end»


@app.get(«callback_path»)
async def callback(request: Request):
    tokens = await oauth.clientele.authorize_access_token(request)
    request.session.clear()
    request.session["person"] = tokens["userinfo"]["email"]
    return RedirectResponse("/")
