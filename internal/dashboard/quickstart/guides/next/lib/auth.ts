import * as client from "openid-client";

export const callback = «callback»;

let found: Promise<client.Configuration> | undefined;

// provider asks the issuer once where everything is.
export function provider(): Promise<client.Configuration> {
  found ??= client.discovery(
    new URL(«issuer»),
    «client_id»,
    «if confidential»
    process.env.CLIENT_SECRET,
    «else»
    undefined,
    «end»
    undefined,
    «if http»
    { execute: [client.allowInsecureRequests] }, // the issuer is on plain http; not for production
    «end»
  );
  return found;
}
