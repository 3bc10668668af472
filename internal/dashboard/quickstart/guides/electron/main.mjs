import { createServer } from "node:http";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { app, BrowserWindow, safeStorage, shell } from "electron";
import * as client from "openid-client";

async function signIn() {
  const config = await client.discovery(
    new URL(«issuer»),
    «client_id»,
    undefined,
    client.None(),
    «if http»
    { execute: [client.allowInsecureRequests] }, // the issuer is on plain http; not for production
    «end»
  );
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const callback = new URL(«callback»);
  callback.port = server.address().port; // any free port

  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  await shell.openExternal(client.buildAuthorizationUrl(config, {
    redirect_uri: callback.href,
    scope: «scope»,
    «if api»
    audience: «audience»,
    «end»
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  }).href);

  try {
    const [request, response] = await once(server, "request");
    response.end("Signed in. You can close this tab and go back to the app.");
    return await client.authorizationCodeGrant(config, new URL(request.url, callback), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
  } finally {
    server.close();
  }
}

await app.whenReady();
const tokens = await signIn();
if (tokens.refresh_token && safeStorage.isEncryptionAvailable()) {
  await writeFile(join(app.getPath("userData"), "session"), safeStorage.encryptString(tokens.refresh_token));
}
const window = new BrowserWindow();
window.loadURL("data:text/plain," + encodeURIComponent(`Signed in as ${tokens.claims().email}`));
