import SwiftUI

struct ContentView: View {
    @StateObject private var signIn = SignIn()

    var body: some View {
        VStack(spacing: 16) {
            if let person = signIn.person {
                Text("Signed in as \(person)")
            } else {
                Button("Sign in") {
                    let scene = UIApplication.shared.connectedScenes.first as? UIWindowScene
                    if let controller = scene?.keyWindow?.rootViewController {
                        signIn.start(from: controller)
                    }
                }
            }
            if let fault = signIn.fault {
                Text(fault).foregroundStyle(.red)
            }
        }
    }
}
