import { UserManager } from "oidc-client-ts";

const people = new UserManager({
  authority: {{issuer}},
  client_id: {{client_id}},
  redirect_uri: {{callback}},
  scope: "openid profile email",
  extraQueryParams: { audience: {{audience}} },
});

// On a button:
await people.signinRedirect();

// When the page opens at the callback URL:
const person = await people.signinRedirectCallback();
console.log("Signed in as", person.profile.email, person.access_token);
