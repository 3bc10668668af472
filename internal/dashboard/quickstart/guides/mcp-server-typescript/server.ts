import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";

const issuer = «issuer»;
const resource = «mcp»; // the API's identifier, and the URL that clients call
const metadata = «mcp_metadata»;
const scopes: string[] = [«api_scopes»];
const keys = createRemoteJWKSet(new URL(«jwks»));

// A token is let in if this issuer signed it, for this server, and it has not ended.
async function verifyAccessToken(token: string) {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience: resource });
    return {
      token,
      clientId: String(payload.client_id ?? payload.azp),
      scopes: String(payload.scope ?? "").split(" ").filter(Boolean),
      expiresAt: payload.exp,
      resource: new URL(resource),
      extra: { subject: payload.sub },
    };
  } catch (error) {
    throw new InvalidTokenError((error as Error).message);
  }
}

function tools(subject: unknown) {
  const server = new McpServer({ name: "my-server", version: "1.0.0" });
  server.registerTool("whoami", { description: "Says who is calling." }, async () => ({
    content: [{ type: "text", text: String(subject) }],
  }));
  return server;
}

const app = express();

// RFC 9728: which authorization server tokens for this resource come from.
app.get(new URL(metadata).pathname, (_request, response) => {
  response.set("Access-Control-Allow-Origin", "*").json({
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ["header"],
  });
});

const guard = requireBearerAuth({
  verifier: { verifyAccessToken },
  requiredScopes: [], // demanded of every call; each tool may demand more
  resourceMetadataUrl: metadata,
});
app.all(new URL(resource).pathname, guard, express.json(), async (request, response) => {
  const server = tools(request.auth?.extra?.subject);
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on("close", () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});

app.listen(«mcp_port», () => console.log("MCP server at", resource));
