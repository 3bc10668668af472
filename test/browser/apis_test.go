package browser

import "testing"

// An API with its permissions, and the document its MCP server should serve.
func TestAPIPages(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", operator, "--operator")
	s.cli("", "apis", "create", "--name", "Orders MCP", "--identifier", "https://mcp.example.com/mcp", "--scope", "tools:read")
	b := open(t)
	b.visit(s.URL + "/dashboard/apis")
	b.fill("email", operator)
	b.fill("password", password)
	b.press("Sign in")
	b.see("Orders MCP")
	b.press("Orders MCP")
	b.see("Given when a request names no permission")
	for _, tab := range []string{"Permissions", "MCP server"} {
		b.press(tab)
		b.judge("api-" + tab)
	}
}
