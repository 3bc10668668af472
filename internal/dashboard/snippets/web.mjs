import express from "express";
import session from "express-session";
import * as client from "openid-client";

const callback = {{callback}};
const config = await client.discovery(
  new URL({{issuer}}),
  {{client_id}},
  process.env.CLIENT_SECRET{{options}},
);

const app = express();
app.use(session({
  secret: process.env.SESSION_SECRET,
  resave: false,
  saveUninitialized: false,
}));

app.get("/login", async (req, res) => {
  req.session.verifier = client.randomPKCECodeVerifier();
  req.session.state = client.randomState();
  res.redirect(client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(req.session.verifier),
    code_challenge_method: "S256",
    state: req.session.state,
  }).href);
});

app.get({{callback_path}}, async (req, res) => {
  const tokens = await client.authorizationCodeGrant(config, new URL(req.url, callback), {
    pkceCodeVerifier: req.session.verifier,
    expectedState: req.session.state,
  });
  res.send(`Signed in as ${tokens.claims().email}`);
});

app.listen(new URL(callback).port || 3000);
