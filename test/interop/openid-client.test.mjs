import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import * as oidc from 'openid-client'
import { Clientele } from './clientele.mjs'
import { Person } from './person.mjs'
import { machine, native, web } from './flows.mjs'

const audience = 'https://orders.example/'
const email = 'ada@example.com'
const password = 'a long enough passphrase 7'
const webCallback = 'https://app.example.com/callback'
const spaCallback = 'http://localhost:3000/callback'
let server, apps

before(async () => {
  server = await Clientele.start()
  await server.cli(['users', 'create', email], password + '\n')
  await server.cli(['apis', 'create', '--name', 'Orders', '--identifier', audience, '--scope', 'read:orders=Read your orders', '--scope', 'write:orders', '--offline-access'])
  apps = {
    native: await server.cli(['apps', 'create', '--type', 'native', '--name', 'Native', '--redirect-uri', 'http://127.0.0.1/callback']),
    spa: await server.cli(['apps', 'create', '--type', 'spa', '--name', 'SPA', '--redirect-uri', spaCallback, '--web-origin', 'http://localhost:3000']),
    web: await server.cli(['apps', 'create', '--type', 'web', '--name', 'Web', '--redirect-uri', webCallback]),
    m2m: await server.cli(['apps', 'create', '--type', 'm2m', '--name', 'Machine']),
    partner: await server.cli(['apps', 'create', '--type', 'web', '--third-party', '--name', 'Partner', '--redirect-uri', 'https://partner.example/cb']),
  }
  await server.cli(['grants', 'create', '--app', apps.m2m.client_id, '--api', audience, '--scopes', 'read:orders'])
  await server.cli(['grants', 'create', '--third-parties', '--api', audience, '--scopes', 'read:orders', '--for', 'user'])
  await server.settled()
})

after(() => server?.stop())

const headless = (decision) => {
  const person = new Person(email, password)
  return { person, open: (url, redirectURI) => person.open(url, redirectURI, decision) }
}

test('a native application signs a person in on a loopback port nobody registered', async () => {
  const { open } = headless()
  const { claims, access, tokens, config } = await native({
    issuer: server.issuer, clientId: apps.native.client_id, audience, scope: 'openid email offline_access read:orders', open,
  })
  assert.equal(claims.aud, apps.native.client_id)
  assert.equal(claims.email, email)
  assert.equal(access.header.typ, 'at+jwt')
  assert.match(access.claims.scope, /read:orders/)

  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  assert.notEqual(next.refresh_token, tokens.refresh_token, 'refresh tokens of public clients rotate')
  assert.equal(next.claims().sub, claims.sub)
})

for (const method of [oidc.ClientSecretBasic, oidc.ClientSecretPost]) {
  test(`a regular web application completes the code flow with ${method.name}`, async () => {
    const { open } = headless()
    const { claims, answer, config, tokens } = await web({
      issuer: server.issuer, clientId: apps.web.client_id, clientSecret: apps.web.client_secret, method,
      redirectURI: webCallback, scope: 'openid profile email', open,
    })
    assert.equal(answer.searchParams.get('iss'), server.issuer)
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
    assert.equal(info.email, email)
  })
}

test('a single-page application gets tokens without a secret', async () => {
  const { open } = headless()
  const { access, claims } = await web({
    issuer: server.issuer, clientId: apps.spa.client_id, redirectURI: spaCallback, audience, scope: 'openid read:orders write:orders', open,
  })
  assert.equal(access.claims.sub, claims.sub)
  assert.ok([access.claims.aud].flat().includes(audience))
})

test('a machine-to-machine application gets what its client grant allows', async () => {
  const { access } = await machine({ issuer: server.issuer, clientId: apps.m2m.client_id, clientSecret: apps.m2m.client_secret, audience })
  assert.equal(access.claims.sub, `${apps.m2m.client_id}@clients`)
  assert.equal(access.claims.aud, audience)
  assert.equal(access.claims.scope, 'read:orders')
})

test('a wrong secret is invalid_client', async () => {
  await assert.rejects(
    machine({ issuer: server.issuer, clientId: apps.m2m.client_id, clientSecret: 'clts_wrong', audience }),
    (error) => error.error === 'invalid_client' || error.cause?.[0]?.scheme === 'basic',
  )
})

test('a third-party application asks, and a person may say no', async () => {
  const { open, person } = headless('deny')
  await assert.rejects(
    web({
      issuer: server.issuer, clientId: apps.partner.client_id, clientSecret: apps.partner.client_secret,
      redirectURI: 'https://partner.example/cb', audience, scope: 'read:orders', open,
    }),
    (error) => error.error === 'access_denied',
  )
  assert.match(person.pages.at(-1), /Partner/)
})

test('a third-party application gets the default permissions, and is asked once only', async () => {
  const { open, person } = headless()
  const flow = () => web({
    issuer: server.issuer, clientId: apps.partner.client_id, clientSecret: apps.partner.client_secret,
    redirectURI: 'https://partner.example/cb', audience, scope: 'read:orders write:orders', open,
  })
  const { access } = await flow()
  assert.equal(access.claims.scope, 'read:orders')
  const pages = person.pages.length
  await flow()
  assert.equal(person.pages.length, pages, 'consent is remembered')
})

test('a revoked refresh token is dead', async () => {
  const { open } = headless()
  const { config, tokens } = await native({
    issuer: server.issuer, clientId: apps.native.client_id, audience, scope: 'openid offline_access read:orders', open,
  })
  await oidc.tokenRevocation(config, tokens.refresh_token)
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), (error) => error.error === 'invalid_grant')
})
