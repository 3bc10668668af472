package com.example.app

import android.net.Uri
import android.os.Bundle
import android.widget.Button
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.StartActivityForResult
import net.openid.appauth.AuthState
import net.openid.appauth.AuthorizationException
import net.openid.appauth.AuthorizationRequest
import net.openid.appauth.AuthorizationResponse
import net.openid.appauth.AuthorizationService
import net.openid.appauth.AuthorizationServiceConfiguration
import net.openid.appauth.ResponseTypeValues

class MainActivity : ComponentActivity() {
    private val issuer = Uri.parse(«issuer»)
    private val clientId = «client_id»
    private val callback = Uri.parse(«callback»)

    private lateinit var service: AuthorizationService
    private lateinit var button: Button
    private var state = AuthState() // keep state.jsonSerializeString() encrypted: it holds the refresh token

    private val answer = registerForActivityResult(StartActivityForResult()) { result ->
        val data = result.data ?: return@registerForActivityResult
        val response = AuthorizationResponse.fromIntent(data)
        val refused = AuthorizationException.fromIntent(data)
        state.update(response, refused)
        if (response == null) {
            button.text = refused?.errorDescription
            return@registerForActivityResult
        }
        service.performTokenRequest(response.createTokenExchangeRequest()) { tokens, failed ->
            state.update(tokens, failed)
            button.text = failed?.errorDescription ?: "Signed in as ${state.parsedIdToken?.additionalClaims?.get("email")}"
        }
    }

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        service = AuthorizationService(this)
        button = Button(this).apply {
            text = "Sign in"
            setOnClickListener { signIn() }
        }
        setContentView(button)
    }

    override fun onDestroy() {
        super.onDestroy()
        service.dispose()
    }

    private fun signIn() {
        AuthorizationServiceConfiguration.fetchFromIssuer(issuer) { found, failed ->
            if (found == null) {
                runOnUiThread { button.text = failed?.errorDescription }
                return@fetchFromIssuer
            }
            state = AuthState(found)
            val request = AuthorizationRequest.Builder(found, clientId, ResponseTypeValues.CODE, callback)
                .setScopes(«scopes»)
                «if api»
                .setAdditionalParameters(mapOf("audience" to «audience»))
                «end»
                .build()
            answer.launch(service.getAuthorizationRequestIntent(request))
        }
    }
}
