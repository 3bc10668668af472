// A small protected MCP server: one tool, access tokens of one authorization server, metadata that says which.
// MCP 2026-07-28, RFC 9728.
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

export class ProtectedServer {
  static async start(port, issuer) {
    const server = new ProtectedServer(port, issuer)
    await new Promise((done) => server.http.listen(port, '127.0.0.1', done))
    return server
  }

  constructor(port, issuer) {
    this.issuer = issuer
    this.resource = `http://localhost:${port}/mcp`
    this.metadata = `http://localhost:${port}/.well-known/oauth-protected-resource/mcp`
    this.keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer))
    this.calls = [] // claims of the tokens that were let in
    this.refused = new Set() // tokens that are over, as far as this server is concerned
    this.http = createServer((request, response) => this.#answer(request, response).catch((error) => response.destroy(error)))
  }

  // expire makes the server refuse every token it has seen, so that clients have to refresh.
  expire() {
    for (const { token } of this.calls) this.refused.add(token)
  }

  async #answer(request, response) {
    if (request.url.startsWith('/.well-known/oauth-protected-resource')) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ resource: this.resource, authorization_servers: [this.issuer], scopes_supported: ['tools:call'], bearer_methods_supported: ['header'] }))
      return
    }
    if (request.url !== '/mcp') return void response.writeHead(404).end()
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const claims = token && !this.refused.has(token) && (await this.#verify(token))
    if (!claims) {
      const challenge = `Bearer resource_metadata="${this.metadata}", scope="tools:call"${token ? ', error="invalid_token"' : ''}`
      return void response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    this.calls.push({ token, claims })
    const mcp = new McpServer({ name: 'orders', version: '1.0.0' })
    mcp.registerTool('whoami', { description: 'Says who is calling.' }, async () => ({ content: [{ type: 'text', text: claims.sub }] }))
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    response.on('close', () => mcp.close())
    await mcp.connect(transport)
    await transport.handleRequest(request, response)
  }

  async #verify(token) {
    try {
      const { payload } = await jwtVerify(token, this.keys, { issuer: this.issuer, audience: this.resource, typ: 'at+jwt' })
      return payload.scope.split(' ').includes('tools:call') ? payload : null
    } catch {
      return null
    }
  }

  async stop() {
    this.http.closeAllConnections()
    await new Promise((done) => this.http.close(done))
  }
}
