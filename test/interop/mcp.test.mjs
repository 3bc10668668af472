// The MCP TypeScript SDK's client goes the whole way against this server and a protected MCP server: discovery, its URL as
// client_id, consent, token, call, refresh. MCP 2026-07-28.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { exportJWK, generateKeyPair } from 'jose'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { createPrivateKeyJwtAuth } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Clientele, freePort } from './clientele.mjs'
import { MetadataHost } from './metadata-host.mjs'
import { ProtectedServer } from './mcp-server.mjs'
import { Person } from './person.mjs'

const email = 'ada@example.com'
const password = 'a long enough passphrase 7'
const callback = 'http://localhost:51823/callback' // the document has no port; nobody listens there, the test reads the answer
let site, server, mcp, keys

before(async () => {
  site = await MetadataHost.start('mcp-client.example.com')
  server = await Clientele.start(site.flags)
  mcp = await ProtectedServer.start(await freePort(), server.issuer)
  keys = await generateKeyPair('ES256', { extractable: true })
  const common = { redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }
  await site.publish('/jwks.json', { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] })
  await site.publish('/public.json', { client_id: site.url('/public.json'), client_name: 'Agent', token_endpoint_auth_method: 'none', ...common })
  await site.publish('/keyed.json', {
    client_id: site.url('/keyed.json'), client_name: 'Agent with a key', token_endpoint_auth_method: 'private_key_jwt', jwks_uri: site.url('/jwks.json'), ...common,
  })
  await server.cli(['users', 'create', email], password + '\n')
  await server.cli(['apis', 'create', '--name', 'Orders tools', '--identifier', mcp.resource, '--scope', 'tools:call=Call the tools', '--offline-access'])
  await server.cli(['grants', 'create', '--strangers', '--api', mcp.resource, '--scopes', 'tools:call', '--for', 'user'])
  await server.set('cimd_admission', 'open')
  await server.settled()
})

after(async () => {
  await mcp?.stop()
  await server?.stop()
  await site?.stop()
})

// provider is an MCP client that a person uses: what a desktop agent keeps between requests.
function provider(clientMetadataUrl, extra = {}) {
  const kept = {}
  return {
    clientMetadataUrl,
    redirectUrl: callback,
    clientMetadata: { client_name: 'not sent', redirect_uris: [callback] },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => void (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    codeVerifier: () => kept.verifier,
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    redirectToAuthorization: (url) => void (kept.url = url),
    kept,
    ...extra,
  }
}

async function call(authProvider) {
  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(mcp.resource), { authProvider })
    const client = new Client({ name: 'agent', version: '1.0.0' })
    return { transport, client, connected: client.connect(transport) }
  }
  const person = new Person(email, password)
  let attempt = await connect()
  await assert.rejects(attempt.connected, UnauthorizedError)
  const answer = await person.open(authProvider.kept.url, callback)
  assert.equal(answer.searchParams.get('iss'), server.issuer)
  await attempt.transport.finishAuth(answer.searchParams.get('code'))
  attempt = await connect()
  await attempt.connected
  return { client: attempt.client, person }
}

const whoami = async (client) => (await client.callTool({ name: 'whoami', arguments: {} })).content[0].text

for (const [name, path, extra] of [
  ['without a key', '/public.json', () => ({})],
  ['with private_key_jwt', '/keyed.json', async () => ({
    addClientAuthentication: createPrivateKeyJwtAuth({
      issuer: site.url('/keyed.json'), subject: site.url('/keyed.json'), privateKey: { ...(await exportJWK(keys.privateKey)), kid: 'one' }, alg: 'ES256', audience: server.issuer,
    }),
  })],
]) {
  test(`an MCP client that is known by its URL only, ${name}`, async () => {
    const authProvider = provider(site.url(path), await extra())
    const { client, person } = await call(authProvider)
    assert.match(person.pages.at(-1), /mcp-client\.example\.com/, 'the consent page names the host')
    assert.match(person.pages.at(-1), /localhost:51823/, 'and where the answer goes')

    const sub = await whoami(client)
    const { claims } = mcp.calls.at(-1)
    assert.equal(claims.client_id, site.url(path))
    assert.equal(claims.sub, sub)

    const first = authProvider.kept.tokens
    assert.ok(first.refresh_token, 'the client stays connected')
    mcp.expire()
    assert.equal(await whoami(client), sub, 'the SDK refreshes by itself')
    assert.notEqual(authProvider.kept.tokens.access_token, first.access_token)
    await client.close()
  })
}

test('a client that has a key is nobody without it', async () => {
  const response = await fetch(`${server.issuer}oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'clrt_x', client_id: site.url('/keyed.json') }),
  })
  assert.equal(response.status, 401)
  assert.equal((await response.json()).error, 'invalid_client')
})

test('a document that is not there lets nobody in, and tells the person so', async () => {
  const authProvider = provider(site.url('/absent.json'))
  const transport = new StreamableHTTPClientTransport(new URL(mcp.resource), { authProvider })
  await assert.rejects(new Client({ name: 'agent', version: '1.0.0' }).connect(transport), UnauthorizedError)
  await assert.rejects(new Person(email, password).open(authProvider.kept.url, callback), (error) => {
    assert.match(error.message, /mcp-client\.example\.com/)
    assert.match(error.message, /[0-9A-Z]{4}-[0-9A-Z]{4}/, 'the page carries a reference')
    return true
  })
})
