// Passkeys. A form with data-passkey hands the browser's answer over as an ordinary field and is then sent like any other; where
// the browser has no passkeys, or no scripts run, it stays hidden. data-passkey is get or create. The options stand in the form, or
// are fetched when they are needed, because a challenge is good for five minutes.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const list = (credentials) => credentials?.map((c) => ({ ...c, id: bytes(c.id) }));

const read = (o) => ({
  ...o,
  challenge: bytes(o.challenge),
  user: o.user && { ...o.user, id: bytes(o.user.id) },
  allowCredentials: list(o.allowCredentials),
  excludeCredentials: list(o.excludeCredentials),
});

function write(c) {
  const r = c.response;
  const response = r.attestationObject
    ? { attestationObject: text(r.attestationObject), transports: r.getTransports?.() ?? [] }
    : { authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : "" };
  response.clientDataJSON = text(r.clientDataJSON);
  const attachment = c.authenticatorAttachment ?? "";
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: attachment, clientExtensionResults: {}, response });
}

const words = {
  NotAllowedError: "No passkey was used: it was cancelled, or took too long. Try again.",
  InvalidStateError: "This device holds a passkey of yours already.",
  SecurityError: "This browser does not use passkeys at this address.",
  NotSupportedError: "This device cannot make a passkey that we can use.",
  ConstraintError: "This device cannot make sure that it is you. Set up a screen lock or a PIN first.",
};

// waiting is a sign-in that the browser offers in its list of addresses. Only one request may be open at a time.
let waiting, renewal;

async function begin(form) {
  if (form.dataset.passkeyOptions) return { options: JSON.parse(form.dataset.passkeyOptions), state: form.elements.state.value };
  const answer = await fetch(form.dataset.passkeyFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function finish(form, state, credential) {
  form.elements.state.value = state;
  form.elements.answer.value = write(credential);
  form.submit();
}

async function ask(form) {
  const fault = form.querySelector("[data-passkey-fault]");
  fault.hidden = true;
  waiting?.abort();
  try {
    const { options, state } = await begin(form);
    finish(form, state, await navigator.credentials[form.dataset.passkey]({ publicKey: read(options) }));
  } catch (e) {
    fault.firstElementChild.textContent = words[e.name] ?? "The passkey could not be used. Reload the page and try again.";
    fault.hidden = false;
    if (offered(form)) offer(form);
  }
}

const offered = (form) => form.dataset.passkey === "get" && document.querySelector("input[autocomplete~=webauthn]");

async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting?.abort();
  const mine = (waiting = new AbortController());
  clearTimeout(renewal);
  renewal = setTimeout(offer, 4 * 60 * 1000, form);
  try {
    const { options, state } = await begin(form);
    if (mine.signal.aborted) return;
    finish(form, state, await navigator.credentials.get({ publicKey: read(options), mediation: "conditional", signal: mine.signal }));
  } catch {
    // The list of addresses offers no passkey then; the button is still there.
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      await ask(form);
      busy = false;
      delete form.dataset.sent;
    });
    if (offered(form)) offer(form);
  }
}
