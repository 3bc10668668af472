import { useAuth } from "react-oidc-context";

export default function App() {
  const auth = useAuth();
  if (auth.isLoading) return <p>One moment…</p>;
  if (auth.error) return <p role="alert">{auth.error.message}</p>;
  if (!auth.isAuthenticated) {
    return <button onClick={() => void auth.signinRedirect()}>Sign in</button>;
  }
  // auth.user.access_token goes into the Authorization header of calls to your API.
  return (
    <>
      <p>Signed in as {auth.user?.profile.email}</p>
      <button onClick={() => void auth.removeUser()}>Sign out</button>
    </>
  );
}
