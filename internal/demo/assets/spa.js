// A single-page application in one file: authorization code with PKCE, in the browser, without a library and without a
// secret. Tokens stay in a variable: a reload forgets them, and so does an attacker who comes later.

const app = document.getElementById("app");
const { issuer, client, audience, scope, redirect } = app.dataset;
const $ = (id) => document.getElementById(id);
let tokens = null;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// decode reads the payload of a JWT for showing it. An API must check the signature; a page that shows a token to the
// person who just received it from the server need not.
function decode(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))));
}

async function login() {
  const attempt = { state: random(), nonce: random(), verifier: random() };
  sessionStorage.setItem("attempt", JSON.stringify(attempt));
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(attempt.verifier)));
  const query = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: redirect, scope, audience,
    state: attempt.state, nonce: attempt.nonce, code_challenge: challenge, code_challenge_method: "S256",
  });
  location.assign(`${issuer}authorize?${query}`);
}

async function token(form) {
  const response = await fetch(`${issuer}oauth/token`, {
    method: "POST", body: new URLSearchParams({ client_id: client, ...form }), credentials: "omit",
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error}: ${answer.error_description}`);
  return answer;
}

async function callback(query) {
  const attempt = JSON.parse(sessionStorage.getItem("attempt") ?? "null");
  sessionStorage.removeItem("attempt");
  history.replaceState(null, "", redirect); // the code leaves the address bar
  if (!attempt || query.get("state") !== attempt.state) throw new Error("this answer does not belong to a sign-in that began here");
  if (query.get("iss") !== issuer) throw new Error("this answer comes from another server");
  if (query.get("error")) throw new Error(`${query.get("error")}: ${query.get("error_description")}`);
  const answer = await token({ grant_type: "authorization_code", code: query.get("code"), redirect_uri: redirect, code_verifier: attempt.verifier });
  if (decode(answer.id_token).nonce !== attempt.nonce) throw new Error("the ID token was made for another request");
  tokens = answer;
}

async function refresh() {
  tokens = { ...tokens, ...(await token({ grant_type: "refresh_token", refresh_token: tokens.refresh_token })) };
}

async function call() {
  const response = await fetch("/api/orders", { headers: { Authorization: `Bearer ${tokens.access_token}` } });
  $("orders").textContent = JSON.stringify(await response.json(), null, 2);
  $("answer").hidden = false;
}

function show() {
  $("status").textContent = tokens ? "Signed in." : "Not signed in.";
  $("login").hidden = !!tokens;
  for (const id of ["logout", "call", "shown"]) $(id).hidden = !tokens;
  $("refresh").hidden = !tokens?.refresh_token;
  if (!tokens) return ($("answer").hidden = true);
  $("access-token").textContent = JSON.stringify(decode(tokens.access_token), null, 2);
  $("id-token").textContent = JSON.stringify(decode(tokens.id_token), null, 2);
}

const doing = (work) => async () => {
  try {
    await work();
    show();
  } catch (err) {
    $("status").textContent = err.message;
  }
};

$("login").addEventListener("click", doing(login));
$("refresh").addEventListener("click", doing(refresh));
$("call").addEventListener("click", doing(call));
$("logout").addEventListener("click", doing(async () => { tokens = null; }));

const query = new URLSearchParams(location.search);
if (query.has("state")) doing(() => callback(query))();
