import { cookies } from "next/headers";
import * as client from "openid-client";
import { callback, provider } from "../../lib/auth";

export async function GET(request: Request) {
  const jar = await cookies();
  const answer = new URL(callback);
  answer.search = new URL(request.url).search;
  const tokens = await client.authorizationCodeGrant(await provider(), answer, {
    pkceCodeVerifier: jar.get("verifier")?.value,
    expectedState: jar.get("state")?.value,
  });
  jar.delete("verifier");
  jar.delete("state");
  // Start your own session here. tokens.access_token is for your API; keep it on the server.
  return new Response(`Signed in as ${tokens.claims()?.email}`);
}
