package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"clientele/internal/secret"
)

// Credentials are what a client was registered with.
type Credentials struct {
	ID     string
	Secret secret.Secret // zero for public clients
}

// Client is the sample client. All fields are needed.
type Client struct {
	Issuer   string // of the server, ending in /
	Origin   string // where this client runs: http://127.0.0.1:8081
	Audience string // identifier of the Orders API
	Web      Credentials
	SPA      Credentials
	Native   Credentials
	Machine  Credentials
	HTTP     *http.Client
	Verify   func(accessToken string) (claims []byte, err error) // signature and type of an access token of Issuer
	Now      func() time.Time

	sessions sessions
}

// scope is what the sample applications ask for.
const scope = "openid profile email offline_access read:orders write:orders"

// Handler serves the client.
func (c *Client) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.home)
	mux.HandleFunc("GET /web/login", c.login)
	mux.HandleFunc("GET /web/callback", c.callback)
	mux.HandleFunc("POST /web/refresh", c.refresh)
	mux.HandleFunc("POST /web/logout", c.logout)
	mux.HandleFunc("POST /machine", c.machine)
	mux.HandleFunc("GET /spa/{$}", c.singlePage)
	mux.HandleFunc("GET /api/orders", c.orders)
	mux.HandleFunc("GET /assets/{name}", asset)
	return c.guarded(http.NewCrossOriginProtection().Handler(mux))
}

// guarded sets the headers every answer carries, and keeps names other than its own away.
func (c *Client) guarded(next http.Handler) http.Handler {
	host := strings.TrimPrefix(c.Origin, "http://")
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' " + strings.TrimSuffix(c.Issuer, "/") +
		"; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			http.Error(w, "The sample client answers at "+c.Origin+" only.", http.StatusMisdirectedRequest)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (c *Client) home(w http.ResponseWriter, r *http.Request) {
	page(w, http.StatusOK, "home", map[string]any{"Client": c, "Session": c.sessions.of(r)})
}

func (c *Client) singlePage(w http.ResponseWriter, _ *http.Request) {
	page(w, http.StatusOK, "spa", map[string]any{"Client": c, "Scope": scope})
}

// login sends the person to the server. State binds the answer to this browser, nonce binds the ID token to this request,
// the challenge binds the code to whoever began. OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3.
func (c *Client) login(w http.ResponseWriter, r *http.Request) {
	s := c.sessions.start(w)
	s.State, s.Nonce, s.Verifier = random(), random(), random()
	challenge := sha256.Sum256([]byte(s.Verifier))
	http.Redirect(w, r, c.Issuer+"authorize?"+url.Values{
		"response_type":         {"code"},
		"client_id":             {c.Web.ID},
		"redirect_uri":          {c.Origin + "/web/callback"},
		"scope":                 {scope},
		"audience":              {c.Audience},
		"state":                 {s.State},
		"nonce":                 {s.Nonce},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(challenge[:])},
		"code_challenge_method": {"S256"},
	}.Encode(), http.StatusSeeOther)
}

// callback takes the answer: state and issuer first, then the code. RFC 6749 §10.12, RFC 9207 §2.4.
func (c *Client) callback(w http.ResponseWriter, r *http.Request) {
	q, s := r.URL.Query(), c.sessions.of(r)
	switch {
	case s == nil || s.State == "" || subtle.ConstantTimeCompare([]byte(s.State), []byte(q.Get("state"))) != 1:
		c.fail(w, "The answer does not belong to a sign-in that this browser began here. Begin again from the first page.")
		return
	case q.Get("iss") != c.Issuer:
		c.fail(w, "The answer comes from another server than the one that was asked.")
		return
	case q.Get("error") != "":
		c.fail(w, fmt.Sprintf("The server answered %s: %s", q.Get("error"), q.Get("error_description")))
		return
	}
	s.State = ""
	tokens, err := c.token(r.Context(), c.Web, url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {q.Get("code")},
		"redirect_uri":  {c.Origin + "/web/callback"},
		"code_verifier": {s.Verifier},
	})
	if err != nil {
		c.fail(w, err.Error())
		return
	}
	if nonce := claim(tokens.IDToken, "nonce"); nonce != s.Nonce {
		c.fail(w, "The ID token was made for another request: its nonce is not ours.")
		return
	}
	s.Tokens = tokens
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Client) refresh(w http.ResponseWriter, r *http.Request) {
	s := c.sessions.of(r)
	if s == nil || s.Tokens == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	tokens, err := c.token(r.Context(), c.Web, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.Tokens.RefreshToken}})
	if err != nil {
		c.fail(w, err.Error())
		return
	}
	if tokens.IDToken == "" {
		tokens.IDToken = s.Tokens.IDToken
	}
	if tokens.RefreshToken == "" {
		tokens.RefreshToken = s.Tokens.RefreshToken // the server may keep the one there is. RFC 6749 §6
	}
	s.Tokens = tokens
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Client) logout(w http.ResponseWriter, r *http.Request) {
	c.sessions.end(w, r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Client) machine(w http.ResponseWriter, r *http.Request) {
	tokens, err := c.token(r.Context(), c.Machine, url.Values{"grant_type": {"client_credentials"}, "audience": {c.Audience}})
	if err != nil {
		c.fail(w, err.Error())
		return
	}
	page(w, http.StatusOK, "machine", map[string]any{"Client": c, "Tokens": tokens})
}

func (c *Client) fail(w http.ResponseWriter, why string) {
	page(w, http.StatusBadRequest, "failed", map[string]any{"Client": c, "Why": why})
}

// Tokens is a token response. RFC 6749 §5.1.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	Scope        string `json:"scope"`
}

// token asks the token endpoint, authenticating with the secret in the Authorization header. RFC 6749 §2.3.1, §3.2.
func (c *Client) token(ctx context.Context, who Credentials, form url.Values) (*Tokens, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Issuer+"oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(who.ID), url.QueryEscape(who.Secret.Reveal()))
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the token endpoint cannot be reached: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the token endpoint answered %d: %s", resp.StatusCode, body)
	}
	var tokens Tokens
	if err := json.Unmarshal(body, &tokens); err != nil {
		return nil, fmt.Errorf("the token endpoint's answer cannot be read: %w", err)
	}
	return &tokens, nil
}

// Decoded is the payload of the token, indented, for people to read; empty if it is opaque. It came over the back channel
// from the server itself, which OpenID Connect Core 1.0 §3.1.3.7 accepts in place of checking the signature.
func Decoded(token string) string {
	var claims map[string]any
	if json.Unmarshal(payload(token), &claims) != nil {
		return ""
	}
	text, err := json.MarshalIndent(claims, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

func claim(token, name string) string {
	var claims map[string]any
	_ = json.Unmarshal(payload(token), &claims)
	s, _ := claims[name].(string)
	return s
}

func payload(token string) []byte {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	return raw
}

func random() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
