import { createServer } from "node:http";
import open from "open";
import * as client from "openid-client";

const config = await client.discovery(
  new URL({{issuer}}),
  {{client_id}},
  undefined{{options}},
);

const server = createServer().listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
const callback = new URL({{callback}});
callback.port = server.address().port; // any free port; the server ignores it for loopback

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
await open(client.buildAuthorizationUrl(config, {
  redirect_uri: callback.href,
  scope: "openid profile email offline_access",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
}).href);

server.on("request", async (req, res) => {
  const tokens = await client.authorizationCodeGrant(config, new URL(req.url, callback), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  res.end("Signed in. This window can be closed.");
  console.log("Signed in as", tokens.claims().sub);
  server.close();
});
