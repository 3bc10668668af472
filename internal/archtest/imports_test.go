package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// The floors, from the ground up. A room may import the floors its row names and nothing else of ours.
const (
	ground  = "oauth strictjson jwk secret signing audit outbound ui"
	nouns   = "registry account grant settings"
	keeping = "sqldb store store/migrations"
	helpers = "endpoint clientauth cimd advisor"
	doors   = "authorize token discovery userinfo management dashboard signin"
	parts   = "dashboard/activity dashboard/apis dashboard/applications dashboard/documents dashboard/quickstart dashboard/settings dashboard/tools dashboard/users"
	roof    = "server demo cli servertest"
)

// room is a row of the policy: which of our packages and which libraries a package may import.
type room struct {
	name string
	ours string
	libs string // module paths or prefixes of import paths; a * in front of a standard package allows one that is watched
}

// policy is the whole of it. A package without a row fails, as does an import without a word here. Change it in a change of
// its own, never in the one that needs it.
var policy = []room{
	// ground: words and tools that import nothing of ours but secret, audit, strictjson and jwk
	{"secret", "", ""},
	{"audit", "", ""},
	{"oauth", "secret", "golang.org/x/net/publicsuffix golang.org/x/net/idna"},
	{"strictjson", "", ""},
	{"jwk", "strictjson", ""},
	{"signing", "secret audit strictjson jwk", "golang.org/x/crypto/cryptobyte"},
	{"ui", "", "github.com/a-h/templ *net/http"},
	{"outbound", "audit", "golang.org/x/time/rate golang.org/x/sync *net/http *client"}, // the one way out
	{"outbound/outboundtest", "outbound audit", "*net/http"},                            // an internet for tests

	// nouns: the domain; never each other, neither HTTP nor SQL
	{"registry", ground, "golang.org/x/net/publicsuffix golang.org/x/sync golang.org/x/text"},
	{"account", ground, "github.com/go-webauthn/webauthn golang.org/x/crypto/argon2 golang.org/x/net/idna golang.org/x/sync golang.org/x/text"},
	{"grant", ground, ""},
	{"settings", ground, ""},

	// keeping: a side tower that doors never enter
	{"sqldb", "", "modernc.org/sqlite github.com/jackc/pgx/v5 github.com/pressly/goose/v3 *database/sql"},
	{"store", "sqldb " + ground + " " + nouns, "github.com/pressly/goose/v3 *database/sql"},
	{"store/migrations", "", ""},
	{"store/storetest", "sqldb store " + ground + " " + nouns, ""}, // stores for tests

	// helpers: what several doors ask; never each other
	{"endpoint", ground + " " + nouns, "*net/http"},
	{"clientauth", ground + " " + nouns, "github.com/go-jose/go-jose/v4 golang.org/x/time/rate *net/http"},

	{"advisor", ground + " " + nouns, "golang.org/x/net/publicsuffix"},
	{"cimd", ground + " " + nouns, "golang.org/x/time/rate golang.org/x/sync golang.org/x/net/publicsuffix golang.org/x/net/idna golang.org/x/image *net/http"},

	// doors: never each other, never the store
	{"authorize", ground + " " + nouns + " " + helpers, "github.com/a-h/templ github.com/go-jose/go-jose/v4 *net/http"},
	{"token", ground + " " + nouns + " " + helpers, "golang.org/x/time/rate *net/http"},
	{"discovery", ground + " " + nouns + " " + helpers, "*net/http"},
	{"userinfo", ground + " " + nouns + " " + helpers, "*net/http"},
	{"management", ground + " " + nouns + " " + helpers, "github.com/danielgtaylor/huma/v2 golang.org/x/time/rate *net/http"},
	{"dashboard", ground + " " + nouns + " " + helpers + " dashboard/frame dashboard/access " + parts, "github.com/a-h/templ *net/http"},
	{"signin", ground + " " + nouns + " " + helpers, "github.com/a-h/templ *net/http"},

	// rooms of the dashboard: what all share, the choice of permissions that some share, and pages that never import each other
	{"dashboard/frame", ground + " " + nouns + " " + helpers, "github.com/a-h/templ *net/http"},
	{"dashboard/frame/frametest", ground + " " + nouns + " dashboard/frame", "github.com/a-h/templ *net/http"}, // what tests put on pages
	{"dashboard/access", ground + " " + nouns + " dashboard/frame", "github.com/a-h/templ *net/http"},
	{"dashboard/activity", ground + " " + nouns + " " + helpers + " dashboard/frame", "github.com/a-h/templ *net/http"},
	{"dashboard/apis", ground + " " + nouns + " " + helpers + " dashboard/frame dashboard/access", "github.com/a-h/templ *net/http"},
	{"dashboard/applications", ground + " " + nouns + " " + helpers + " dashboard/frame", "github.com/a-h/templ *net/http"},
	{"dashboard/documents", ground + " " + nouns + " " + helpers + " dashboard/frame dashboard/access", "github.com/a-h/templ *net/http"},
	{"dashboard/quickstart", ground + " " + nouns + " " + helpers + " dashboard/frame dashboard/access", "github.com/a-h/templ *net/http"},
	{"dashboard/settings", ground + " " + nouns + " " + helpers + " dashboard/frame", "github.com/a-h/templ *net/http"},
	{"dashboard/tools", ground + " " + nouns + " " + helpers + " dashboard/frame", "github.com/a-h/templ *net/http"},
	{"dashboard/users", ground + " " + nouns + " " + helpers + " dashboard/frame", "github.com/a-h/templ *net/http"},

	// roof: only these see the store and every room
	{"server", ground + " " + nouns + " " + keeping + " " + helpers + " " + doors + " dashboard/frame dashboard/settings dashboard/tools", "*net/http"},
	{"demo", ground + " " + nouns, "*net/http *client"},
	{"servertest", ground + " " + nouns + " " + keeping + " " + helpers + " store/storetest server outbound/outboundtest", "golang.org/x/net/html *net/http *client"},
	{"cli", ground + " " + nouns + " " + keeping + " cimd advisor server demo management", "github.com/alecthomas/kong golang.org/x/term *net/http *client"},
	{"cmd/clientele", "cli", ""},
	{"archtest", "", ""},
}

// watched are packages of the standard library that need a word in the policy. The word is the package, or the client
// side of net/http.
var watched = map[string]bool{"net/http": true, "net/http/httptest": true, "database/sql": true}

// A test may use the fixtures of every noun and, from outside the package, a whole server.
const testsToo = ground + " " + nouns + " cimd servertest store store/storetest outbound/outboundtest dashboard/frame/frametest"

var testLibs = []string{
	"github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/rogpeppe/go-internal", "golang.org/x/net/html",
	"github.com/chromedp", "github.com/go-jose/go-jose/v4",
}

func TestEveryImportIsInThePolicy(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.room, "test/") || strings.HasPrefix(s.room, "bench") {
			continue // programs beside the product: they drive it from outside or, for benchmarks, from the roof
		}
		i := slices.IndexFunc(policy, func(r room) bool { return r.name == s.room })
		if i < 0 {
			t.Errorf("%s: package %s has no row in the policy", s.path, s.room)
			continue
		}
		for _, path := range s.imports {
			if why := refused(policy[i], s, path); why != "" {
				t.Errorf("%s imports %s: %s", s.path, path, why)
			}
		}
	}
}

func refused(r room, s source, path string) string {
	if ours, ok := strings.CutPrefix(path, "clientele/internal/"); ok {
		return refusedOurs(r, s, ours)
	}
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") { // the standard library
		switch {
		case strings.HasPrefix(path, "math/rand") && !s.test && s.room != "store/storetest":
			return "randomness is crypto/rand"
		case watched[path] && !s.test && !strings.Contains(r.libs, "*"+strings.TrimSuffix(path, "/httptest")):
			return "this room has no HTTP or SQL"
		}
		return ""
	}
	libs := strings.Fields(r.libs)
	if s.test {
		libs = append(libs, testLibs...)
	}
	for _, lib := range libs {
		if path == lib || strings.HasPrefix(path, lib+"/") {
			return ""
		}
	}
	return "this library is not in the row of " + r.name
}

func refusedOurs(r room, s source, ours string) string {
	allowed := strings.Fields(r.ours)
	if s.test {
		allowed = append(allowed, strings.Fields(testsToo)...)
	}
	switch {
	case slices.Contains(allowed, ours):
		return ""
	case s.test && ours == s.room:
		return "" // an external test of the room itself
	case s.room == "store" && s.test && slices.Contains(strings.Fields(keeping), ours):
		return ""
	}
	return "this package is not in the row of " + r.name
}

// A rule of the plan, said once more and apart from the table, so that an edit of the table does not undo it by accident.
func TestNoDoorImportsADoorOrTheStore(t *testing.T) {
	for _, r := range policy {
		if !slices.Contains(strings.Fields(doors), r.name) {
			continue
		}
		for _, other := range strings.Fields(doors + " " + keeping + " " + roof) {
			if slices.Contains(strings.Fields(r.ours), other) {
				t.Errorf("the policy lets door %s import %s", r.name, other)
			}
		}
	}
}

func TestOnlyThePolicysRoomsMakeHTTPRequests(t *testing.T) {
	client := []string{"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Post", "PostForm", "Head", "NewRequest", "NewRequestWithContext"}
	for _, s := range sources(t) {
		i := slices.IndexFunc(policy, func(r room) bool { return r.name == s.room })
		if s.test || i < 0 || strings.Contains(policy[i].libs, "*client") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "http" && pkg.Obj == nil && slices.Contains(client, sel.Sel.Name) {
					t.Errorf("%s: http.%s: nothing but the listed rooms makes a request", s.fset.Position(n.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// auth0Names are member names that only Auth0's Management API uses. Other doors speak RFC 7591 or our own words.
var auth0Names = []string{
	"callbacks", "allowed_logout_urls", "allowed_origins", "web_origins", "app_type", "oidc_conformant", "jwt_configuration", "client_metadata",
	"is_first_party", "token_dialect", "sso_disabled", "cross_origin_authentication", "custom_login_page_on", "allowed_clients", "resource_server_identifier",
	"token_lifetime_for_web", "skip_consent_for_verifiable_first_party_clients", "allow_offline_access", "signing_alg", "organization_usage",
}

func TestAuth0sNamesStayInManagement(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.room == "management" || strings.HasPrefix(s.room, "test/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			field, ok := n.(*ast.Field)
			if !ok || field.Tag == nil {
				return true
			}
			for _, name := range auth0Names {
				if strings.Contains(field.Tag.Value, `json:"`+name+`"`) || strings.Contains(field.Tag.Value, `json:"`+name+`,`) {
					t.Errorf("%s: %s is Auth0's name for it", s.fset.Position(field.Pos()), name)
				}
			}
			return true
		})
	}
}
