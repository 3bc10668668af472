// oauth4webapi checks what it receives more strictly than most: metadata, iss, token_type, JWT access tokens by RFC 9068.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { Clientele } from './clientele.mjs'
import { Person } from './person.mjs'

const audience = 'https://orders.example/'
const redirectURI = 'https://app.example.com/callback'
const insecure = { [oauth.allowInsecureRequests]: true }
let server, app

before(async () => {
  server = await Clientele.start()
  await server.cli(['users', 'create', 'ada@example.com'], 'a long enough passphrase 7\n')
  await server.cli(['apis', 'create', '--name', 'Orders', '--identifier', audience, '--scope', 'read:orders'])
  app = await server.cli(['apps', 'create', '--type', 'web', '--name', 'Web', '--redirect-uri', redirectURI])
  await server.settled()
})

after(() => server?.stop())

for (const algorithm of ['oidc', 'oauth2']) {
  test(`discovery by ${algorithm} answers the same metadata`, async () => {
    const as = await oauth.processDiscoveryResponse(
      new URL(server.issuer),
      await oauth.discoveryRequest(new URL(server.issuer), { algorithm, ...insecure }),
    )
    assert.equal(as.issuer, server.issuer)
    assert.ok(as.authorization_response_iss_parameter_supported)
    assert.deepEqual(as.code_challenge_methods_supported, ['S256'])
  })
}

test('a code flow with a resource indicator gives an RFC 9068 access token that validates against the JWKS', async () => {
  const as = await oauth.processDiscoveryResponse(
    new URL(server.issuer),
    await oauth.discoveryRequest(new URL(server.issuer), { algorithm: 'oauth2', ...insecure }),
  )
  const client = { client_id: app.client_id }
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: client.client_id, response_type: 'code', redirect_uri: redirectURI, scope: 'read:orders', state, resource: audience,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  })
  const answer = await new Person('ada@example.com', 'a long enough passphrase 7').open(url, redirectURI)
  const parameters = oauth.validateAuthResponse(as, client, answer, state)
  const tokens = await oauth.processAuthorizationCodeResponse(
    as, client,
    await oauth.authorizationCodeGrantRequest(as, client, oauth.ClientSecretBasic(app.client_secret), parameters, redirectURI, verifier, {
      additionalParameters: { resource: audience }, ...insecure,
    }),
  )
  const request = new Request('https://orders.example/', { headers: { authorization: `Bearer ${tokens.access_token}` } })
  const claims = await oauth.validateJwtAccessToken(as, request, audience, insecure)
  assert.equal(claims.client_id, app.client_id)
  assert.equal(claims.scope, 'read:orders')
})

test('an error comes back to the redirect URI with iss and state', async () => {
  const as = await oauth.processDiscoveryResponse(
    new URL(server.issuer),
    await oauth.discoveryRequest(new URL(server.issuer), { algorithm: 'oauth2', ...insecure }),
  )
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({ client_id: app.client_id, response_type: 'token', redirect_uri: redirectURI, state: 's1' })
  const answer = await new Person('ada@example.com', 'a long enough passphrase 7').open(url, redirectURI)
  assert.throws(
    () => oauth.validateAuthResponse(as, { client_id: app.client_id }, answer, 's1'),
    (error) => error.error === 'unsupported_response_type',
  )
})
