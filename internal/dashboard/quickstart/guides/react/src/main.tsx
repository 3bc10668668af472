import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AuthProvider } from "react-oidc-context";
import App from "./App";

const auth = {
  authority: «issuer»,
  client_id: «client_id»,
  redirect_uri: «callback»,
  scope: «scope»,
  «if api»
  extraQueryParams: { audience: «audience» },
  «end»
  // Take the answer out of the address bar once it has been used.
  onSigninCallback: () => window.history.replaceState({}, "", window.location.pathname),
};

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <AuthProvider {...auth}>
      <App />
    </AuthProvider>
  </StrictMode>,
);
