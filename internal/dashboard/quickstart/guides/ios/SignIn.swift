import AppAuth
import UIKit

@MainActor
final class SignIn: ObservableObject {
    @Published private(set) var person: String?
    @Published private(set) var fault: String?

    private let issuer = URL(string: «issuer»)!
    private let clientID = «client_id»
    private let callback = URL(string: «callback»)!

    private var session: OIDExternalUserAgentSession? // held until the sheet is closed
    private var state: OIDAuthState? // keep it in the keychain: it holds the refresh token

    func start(from controller: UIViewController) {
        OIDAuthorizationService.discoverConfiguration(forIssuer: issuer) { [weak self] found, error in
            guard let self, let found else {
                self?.fault = error?.localizedDescription
                return
            }
            let request = OIDAuthorizationRequest(
                configuration: found,
                clientId: self.clientID,
                scopes: [«scopes»],
                redirectURL: self.callback,
                responseType: OIDResponseTypeCode,
                «if api»
                additionalParameters: ["audience": «audience»]
                «else»
                additionalParameters: nil
                «end»
            )
            self.session = OIDAuthState.authState(byPresenting: request, presenting: controller) { state, error in
                self.state = state
                self.fault = error?.localizedDescription
                self.person = state?.lastTokenResponse?.idToken
                    .flatMap { OIDIDToken(idTokenString: $0) }?
                    .claims["email"] as? String
            }
        }
    }

    // withToken calls with an access token that is still good.
    func withToken(_ call: @escaping (String) -> Void) {
        state?.performAction { token, _, _ in
            if let token { call(token) }
        }
    }
}
