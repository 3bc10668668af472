using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddAuthentication(options =>
    {
        options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
    })
    .AddCookie()
    .AddOpenIdConnect(options =>
    {
        options.Authority = «issuer»;
        options.ClientId = «client_id»;
        «if confidential»
        options.ClientSecret = Environment.GetEnvironmentVariable("CLIENT_SECRET");
        «end»
        options.CallbackPath = «callback_path»;
        options.ResponseType = "code";
        options.ResponseMode = "query";
        options.UsePkce = true;
        options.SaveTokens = true; // the access token for your API: await context.GetTokenAsync("access_token")
        options.MapInboundClaims = false;
        options.TokenValidationParameters.NameClaimType = "email";
        options.Scope.Clear();
        foreach (var scope in new[] { «scopes» }) options.Scope.Add(scope);
        «if api»
        options.AdditionalAuthorizationParameters["audience"] = «audience»; // .NET 9 and later
        «end»
        «if http»
        options.RequireHttpsMetadata = false; // the issuer is on plain http; not for production
        «end»
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        if (builder.Environment.IsDevelopment())
        {
            options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }
    });
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/", (HttpContext context) => $"Signed in as {context.User.Identity?.Name}").RequireAuthorization();
app.Run();
