// Call signIn() from a button, and finish() when the page opens at the callback URL.
const issuer = {{issuer}};
const clientId = {{client_id}};
const callback = {{callback}};

const text = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => text(crypto.getRandomValues(new Uint8Array(32)));

export async function signIn() {
  const verifier = random();
  const state = random();
  sessionStorage.setItem("verifier", verifier);
  sessionStorage.setItem("state", state);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  location.assign(issuer + "authorize?" + new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: callback,
    scope: "openid profile email",
    audience: {{audience}},
    state,
    code_challenge: text(new Uint8Array(hash)),
    code_challenge_method: "S256",
  }));
}

export async function finish() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state")) return null;
  if (answer.get("state") !== sessionStorage.getItem("state") || answer.get("iss") !== issuer) {
    throw new Error("this answer belongs to another sign-in");
  }
  if (answer.has("error")) throw new Error(answer.get("error_description") ?? answer.get("error"));
  const response = await fetch(issuer + "oauth/token", {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: callback,
      code: answer.get("code"),
      code_verifier: sessionStorage.getItem("verifier"),
    }),
  });
  history.replaceState(null, "", location.pathname);
  const tokens = await response.json();
  if (!response.ok) throw new Error(tokens.error_description);
  return tokens; // access_token for the API, id_token says who signed in
}
