import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";
import * as client from "openid-client";

const callback = «callback»;
const config = await client.discovery(
  new URL(«issuer»),
  «client_id»,
  «if confidential»
  process.env.CLIENT_SECRET,
  «else»
  undefined,
  «end»
  undefined,
  «if http»
  { execute: [client.allowInsecureRequests] }, // the issuer is on plain http; not for production
  «end»
);

const app = express();
app.use(session({
  secret: process.env.SESSION_SECRET ?? randomBytes(32).toString("hex"),
  resave: false,
  saveUninitialized: false,
}));

app.get("/", (req, res) => {
  res.send(req.session.person ? `Signed in as ${req.session.person}` : '<a href="/login">Sign in</a>');
});

app.get("/login", async (req, res) => {
  req.session.verifier = client.randomPKCECodeVerifier();
  req.session.state = client.randomState();
  res.redirect(client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: «scope»,
    «if api»
    audience: «audience»,
    «end»
    code_challenge: await client.calculatePKCECodeChallenge(req.session.verifier),
    code_challenge_method: "S256",
    state: req.session.state,
  }).href);
});

app.get(«callback_path», async (req, res) => {
  const tokens = await client.authorizationCodeGrant(config, new URL(req.url, callback), {
    pkceCodeVerifier: req.session.verifier,
    expectedState: req.session.state,
  });
  req.session.regenerate(() => { // a new session for who signed in
    req.session.person = tokens.claims().email;
    req.session.save(() => res.redirect("/"));
  });
});

app.listen(«port», () => console.log("Open http://localhost:«port»/"));
