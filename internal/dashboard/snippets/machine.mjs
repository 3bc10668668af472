const response = await fetch({{token_endpoint}}, {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "client_credentials",
    client_id: {{client_id}},
    client_secret: process.env.CLIENT_SECRET,
    audience: {{audience}},
  }),
});
const tokens = await response.json();
if (!response.ok) throw new Error(tokens.error_description);
console.log(tokens.access_token, "good for", tokens.expires_in, "seconds");
