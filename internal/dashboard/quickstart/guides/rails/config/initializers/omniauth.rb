«if http»
SWD.url_builder = URI::HTTP # the issuer is on plain http; not for production

«end»
Rails.application.config.middleware.use OmniAuth::Builder do
  provider :openid_connect,
    name: :clientele,
    issuer: «issuer»,
    discovery: true,
    pkce: true,
    scope: [«scopes»],
    response_type: :code,
    uid_field: "sub",
    «if api»
    extra_authorize_params: { audience: «audience» },
    «end»
    client_options: {
      identifier: «client_id»,
      «if confidential»
      secret: ENV.fetch("CLIENT_SECRET"),
      «end»
      redirect_uri: «callback»
    }
end
