android {
    defaultConfig {
        manifestPlaceholders["appAuthRedirectScheme"] = «callback_scheme»
    }
}

dependencies {
    implementation("net.openid:appauth:0.11.1")
}
