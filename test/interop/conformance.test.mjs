// The MCP conformance suite, in its mode for authorization servers, against the real binary.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Clientele, freePort } from './clientele.mjs'
import { Person } from './person.mjs'

const suite = resolve(import.meta.dirname, '../node_modules/@modelcontextprotocol/conformance/dist/index.js')
const email = 'ada@example.com'
const password = 'a long enough passphrase 7'
const audience = 'https://tools.example.com/mcp'
let server, port, app

before(async () => {
  server = await Clientele.start()
  port = await freePort()
  await server.cli(['users', 'create', email], password + '\n')
  await server.cli(['apis', 'create', '--name', 'Tools', '--identifier', audience, '--scope', 'tools:call'])
  app = await server.cli(['apps', 'create', '--type', 'native', '--name', 'Conformance', '--redirect-uri', `http://127.0.0.1:${port}/callback`])
  await server.settled()
})

after(() => server?.stop())

// conform runs every scenario of the mode, the second with what the first found. A person signs in when the suite prints
// where.
function conform(args, person) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [suite, 'authorization', '--url', server.issuer, ...args])
    let output = ''
    let opened = false
    const read = (chunk) => {
      output += chunk
      const url = new RegExp(`${server.issuer}authorize\\?[^\\s"]+`).exec(output)?.[0]
      if (!url || opened) return
      opened = true
      person.open(url, `http://127.0.0.1:${port}/callback`).then((answer) => fetch(answer)).catch((error) => {
        child.kill()
        fail(error)
      })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => done({ code, output }))
  })
}

// results are the checks of every scenario, by id.
async function results(directory) {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('checks.json'))
  const lists = await Promise.all(files.map(async (file) => JSON.parse(await readFile(join(directory, file), 'utf8'))))
  return Object.fromEntries(lists.flat().map((check) => [check.id, check]))
}

test('the suite for authorization servers finds nothing to refuse and nothing to warn of', async () => {
  const directory = join(server.directory, 'conformance')
  const args = ['--client-id', app.client_id, '--port', String(port), '--resource', audience, '--output-dir', directory]
  const { code, output } = await conform(args, new Person(email, password))
  assert.equal(code, 0, output)
  const checks = await results(directory)
  for (const id of ['authorization-server-metadata', 'authorization-server-metadata-cimd', 'authorization-code-grant']) {
    assert.equal(checks[id]?.status, 'SUCCESS', `${id}: ${checks[id]?.errorMessage}\n${output}`)
  }
  assert.deepEqual(Object.values(checks).filter((check) => check.status !== 'SUCCESS'), [], output)
})
