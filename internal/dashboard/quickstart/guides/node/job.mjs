import * as client from "openid-client";

const config = await client.discovery(
  new URL(«issuer»),
  «client_id»,
  process.env.CLIENT_SECRET,
  undefined,
  «if http»
  { execute: [client.allowInsecureRequests] }, // the issuer is on plain http; not for production
  «end»
);

let kept;

// token is an access token that is good for another half minute at least.
async function token() {
  if (!kept || kept.ends < Date.now() + 30_000) {
    const tokens = await client.clientCredentialsGrant(config, { audience: «audience» });
    kept = { value: tokens.access_token, scope: tokens.scope, ends: Date.now() + tokens.expiresIn() * 1000 };
  }
  return kept.value;
}

// Each call of your API begins with this header.
const headers = { Authorization: `Bearer ${await token()}` };
console.log("Good until", new Date(kept.ends).toISOString(), "for", kept.scope ?? "no permission", Object.keys(headers));
