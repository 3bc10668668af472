import { cookies } from "next/headers";
import * as client from "openid-client";
import { callback, provider } from "../../lib/auth";

export async function GET() {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const waiting = { httpOnly: true, sameSite: "lax" as const, maxAge: 600, path: "/" };
  const jar = await cookies();
  jar.set("verifier", verifier, waiting);
  jar.set("state", state, waiting);
  const url = client.buildAuthorizationUrl(await provider(), {
    redirect_uri: callback,
    scope: «scope»,
    «if api»
    audience: «audience»,
    «end»
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  return Response.redirect(url);
}
