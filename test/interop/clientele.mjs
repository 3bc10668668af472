// Starts the real binary on a free loopback port with a throw-away data directory, and speaks to it through its command line.
import { spawn, execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export async function freePort() {
  const probe = createServer()
  await new Promise((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}

export function run(file, args, { input, ...options } = {}) {
  return new Promise((done, fail) => {
    const child = execFile(file, args, { maxBuffer: 1 << 24, ...options }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${file} ${args.join(' ')}: ${stderr || error.message}`))
      else done(stdout)
    })
    child.stdin.end(input ?? '')
  })
}

export class Clientele {
  static async start(flags = []) {
    const directory = await mkdtemp(join(tmpdir(), 'clientele-interop-'))
    const binary = process.env.CLIENTELE_BINARY ?? join(directory, 'clientele')
    if (!process.env.CLIENTELE_BINARY) {
      await run('go', ['build', '-o', binary, './cmd/clientele'], { cwd: root, env: { ...process.env, CGO_ENABLED: '0' } })
    }
    const port = await freePort()
    const server = new Clientele(directory, binary, `http://localhost:${port}/`)
    await server.#serve(port, flags)
    return server
  }

  constructor(directory, binary, issuer) {
    this.directory = directory
    this.data = join(directory, 'data')
    this.binary = binary
    this.issuer = issuer
  }

  async #serve(port, flags) {
    this.process = spawn(this.binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${port}`, '--public-url', this.issuer, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.log = ''
    this.process.stdout.on('data', (chunk) => (this.log += chunk))
    this.process.stderr.on('data', (chunk) => (this.log += chunk))
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.process.exitCode !== null) break
      const ready = await fetch(`${this.issuer}readyz`).catch(() => null)
      if (ready?.ok) return
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error(`the server did not become ready:\n${this.log}`)
  }

  // cli runs one command beside the running server and returns its JSON.
  async cli(args, input) {
    const out = await run(this.binary, [...args, '--data', this.data, '--public-url', this.issuer, '--json'], { input })
    return out.trim() === '' ? null : JSON.parse(out)
  }

  // set changes a setting.
  async set(name, value) {
    await run(this.binary, ['settings', 'set', name, value, '--data', this.data, '--public-url', this.issuer])
  }

  // settled waits until the running server has seen what the command line wrote: it promises to within a second.
  async settled() {
    await new Promise((done) => setTimeout(done, 1000))
  }

  async stop() {
    this.process.kill('SIGTERM')
    await new Promise((done) => (this.process.exitCode === null ? this.process.once('exit', done) : done()))
    await rm(this.directory, { recursive: true, force: true })
  }
}
