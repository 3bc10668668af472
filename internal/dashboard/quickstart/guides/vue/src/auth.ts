import { UserManager, type User } from "oidc-client-ts";

export const people = new UserManager({
  authority: «issuer»,
  client_id: «client_id»,
  redirect_uri: «callback»,
  scope: «scope»,
  «if api»
  extraQueryParams: { audience: «audience» },
  «end»
});

// whoIsIt takes the answer of a sign-in out of the address bar, or finds who is signed in already.
export async function whoIsIt(): Promise<User | null> {
  if (!new URLSearchParams(location.search).has("state")) return people.getUser();
  const person = await people.signinRedirectCallback();
  history.replaceState({}, "", location.pathname);
  return person;
}
