import asyncio

import jwt
from mcp.server import MCPServer
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

ISSUER = «issuer»
RESOURCE = «mcp»  # the API's identifier, and the URL that clients call
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
KEYS = jwt.PyJWKClient(«jwks»)


class Verifier(TokenVerifier):
    """Lets a token in if this issuer signed it, for this server, and it has not ended."""

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            key = await asyncio.to_thread(KEYS.get_signing_key_from_jwt, token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=ALGORITHMS,
                audience=RESOURCE,
                issuer=ISSUER,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            return None
        return AccessToken(
            token=token,
            client_id=claims.get("client_id") or claims.get("azp", ""),
            scopes=claims.get("scope", "").split(),
            expires_at=claims["exp"],
            resource=RESOURCE,
            subject=claims["sub"],
            claims=claims,
        )


server = MCPServer(
    "my-server",
    token_verifier=Verifier(),
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(ISSUER),
        resource_server_url=AnyHttpUrl(RESOURCE),
        required_scopes=[«api_scopes»],
        validate_token_resource=True,
    ),
)


@server.tool()
def whoami() -> str:
    """Says who is calling."""
    token = get_access_token()
    return token.subject if token and token.subject else "nobody"


if __name__ == "__main__":
    server.run("streamable-http", host="127.0.0.1", port=«mcp_port», streamable_http_path=«mcp_path»)
