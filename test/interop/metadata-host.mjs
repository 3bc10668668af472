// The web site where a client publishes its metadata document and its keys.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { run } from './clientele.mjs'

const root = resolve(import.meta.dirname, '../..')

export class MetadataHost {
  static async start(host) {
    const directory = await mkdtemp(join(tmpdir(), 'clientele-metadata-'))
    const binary = join(directory, 'metadatahost')
    await run('go', ['build', '-o', binary, './test/interop/metadatahost'], { cwd: root })
    const site = join(directory, 'site')
    await mkdir(site)
    const process = spawn(binary, [site, host], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [line] = await new Promise((done) => createInterface(process.stdout).once('line', (...all) => done(all)))
    return Object.assign(new MetadataHost(), { host, directory, site, process, ...JSON.parse(line) })
  }

  // flags let a server reach this site: it is on a port and an address that nothing outside may be on.
  get flags() {
    return ['--outbound-allow', `${this.host}:${this.port}=127.0.0.1/32`, '--outbound-ca', this.ca]
  }

  url(path) {
    return `https://${this.host}:${this.port}${path}`
  }

  // publish puts JSON at a path. A document's client_id is its own URL.
  async publish(path, json) {
    const file = join(this.site, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify(json))
    return this.url(path)
  }

  async stop() {
    this.process.stdin.end()
    await new Promise((done) => this.process.once('exit', done))
    await rm(this.directory, { recursive: true, force: true })
  }
}
