import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { UnauthorizedError, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

const server = new URL(«mcp»);

const listener = createServer().listen(0, "127.0.0.1"); // any free port
await once(listener, "listening");
const callback = new URL(«callback»);
callback.port = String((listener.address() as AddressInfo).port);

let tokens: OAuthTokens | undefined; // keep them where only this person can read them
let verifier = "";
const state = crypto.randomUUID();

const person: OAuthClientProvider = {
  redirectUrl: callback.href,
  clientMetadata: { client_name: "MCP client", redirect_uris: [callback.href] },
  clientInformation: () => ({ client_id: «client_id» }),
  state: () => state,
  tokens: () => tokens,
  saveTokens: (got) => void (tokens = got),
  codeVerifier: () => verifier,
  saveCodeVerifier: (made) => void (verifier = made),
  redirectToAuthorization: (url) => console.log("Open", url.href),
};

const connect = async () => {
  const transport = new StreamableHTTPClientTransport(server, { authProvider: person });
  const client = new Client({ name: "mcp-client", version: "1.0.0" });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    const [request, response] = await once(listener, "request");
    const answer = new URL(request.url, callback).searchParams;
    response.end("You can close this window.");
    if (answer.get("state") !== state || answer.get("iss") !== «issuer») throw new Error("this answer belongs to another sign-in");
    if (answer.has("error")) throw new Error(answer.get("error_description") ?? answer.get("error")!);
    await transport.finishAuth(answer.get("code")!);
    return null;
  }
};

const client = (await connect()) ?? (await connect());
const { tools } = await client!.listTools();
console.log("Tools:", tools.map((tool) => tool.name).join(", "));
await client!.close();
listener.close();
