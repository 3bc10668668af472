// The flows of this suite, written once with openid-client: a test drives them headless, a browser test drives them with a
// real browser. `open` takes the authorization URL and the redirect URI and returns the URL the browser was sent to.
import { createServer } from 'node:http'
import * as oidc from 'openid-client'

const insecure = { execute: [oidc.allowInsecureRequests] } // the server under test is on http loopback

// native: a program on the person's device that listens on a loopback port of its own.
export async function native({ issuer, clientId, audience, scope, open }) {
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), insecure)
  const arrived = Promise.withResolvers ? Promise.withResolvers() : deferred()
  const listener = createServer((request, response) => {
    response.end('You can close this window.')
    arrived.resolve(new URL(request.url, redirectURI))
  })
  await new Promise((done) => listener.listen(0, '127.0.0.1', done))
  const redirectURI = `http://127.0.0.1:${listener.address().port}/callback`
  try {
    const left = await codeFlow(config, { redirectURI, audience, scope, open: (url) => open(url, redirectURI, arrived.promise) })
    return { ...left, redirectURI }
  } finally {
    listener.close()
  }
}

// web: a server-side application, or (without a secret) a single-page application.
export async function web({ issuer, clientId, clientSecret, method = oidc.ClientSecretBasic, redirectURI, audience, scope, open }) {
  const auth = clientSecret ? method(clientSecret) : oidc.None()
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, auth, insecure)
  return codeFlow(config, { redirectURI, audience, scope, open: (url) => open(url, redirectURI) })
}

// machine: an application for itself.
export async function machine({ issuer, clientId, clientSecret, audience, scope, method = oidc.ClientSecretBasic }) {
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, method(clientSecret), insecure)
  const tokens = await oidc.clientCredentialsGrant(config, { ...(audience && { audience }), ...(scope && { scope }) })
  return { config, tokens, access: decode(tokens.access_token) }
}

async function codeFlow(config, { redirectURI, audience, scope, open }) {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const nonce = scope.split(' ').includes('openid') ? oidc.randomNonce() : undefined
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectURI,
    scope,
    state,
    ...(nonce && { nonce }),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(audience && { audience }),
  })
  const answer = await open(url)
  const tokens = await oidc.authorizationCodeGrant(config, answer, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: nonce !== undefined,
  })
  return { config, answer, tokens, claims: tokens.claims(), access: decode(tokens.access_token) }
}

// decode reads a JWT without verifying it; null if the token is opaque.
export function decode(token) {
  const parts = token.split('.')
  if (parts.length !== 3) return null
  const part = (i) => JSON.parse(Buffer.from(parts[i], 'base64url'))
  return { header: part(0), claims: part(1) }
}

function deferred() {
  const d = {}
  d.promise = new Promise((resolve, reject) => Object.assign(d, { resolve, reject }))
  return d
}
