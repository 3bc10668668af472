package browser

import "testing"

// Every page of an API, and the document its MCP server should serve.
func TestAPIPages(t *testing.T) {
	s := serve(t)
	b := asOperator(t, s, "/dashboard/apis")
	b.judge("apis-first")
	s.cli("", "apis", "create", "--name", "Orders MCP", "--identifier", "https://mcp.example.com/mcp", "--scope", "tools:read")
	b.visit(s.URL + "/dashboard/apis")
	b.see("Orders MCP")
	b.judge("apis")
	b.press("Orders MCP")
	b.see("Given when a request names no permission")
	page := b.eval("location.href")
	b.judge("api-settings")
	for _, tab := range []string{"permissions", "applications", "third-parties", "mcp", "danger"} {
		b.visit(page + "/" + tab)
		b.judge("api-" + tab)
	}
	t.Run("a permission is added and removed after it is said who has it", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/permissions")
		b.fill("added", `bad"scope`)
		b.press("Add permissions")
		b.see("to correct")
		b.judge("api-permissions-refused")
		b.fill("added", "tools:write Change what the tools see")
		b.press("Add permissions")
		b.until(`document.querySelectorAll('[name=permission]').length === 2`)
		b.press("Remove")
		b.see("The next token is made without it")
		b.judge("api-permission-remove")
		b.press("Remove permission")
		b.until(`document.querySelectorAll('[name=permission]').length === 1`)
	})
	t.Run("deleting asks for the name", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/danger")
		b.fill("typed", "Orders")
		b.press("Delete API")
		b.see("to correct")
		b.judge("api-delete-refused")
		b.fill("typed", "Orders MCP")
		b.press("Delete API")
		b.until(`location.pathname === '/dashboard/apis'`)
	})
}

// What the server behind an API publishes is held against what it should say: nothing yet, then a document with two faults.
func TestTheDocumentOfAnAPIIsCheckedLive(t *testing.T) {
	out := publish(t)
	s := serve(t, out.Args...)
	s.cli("", "apis", "create", "--name", "Orders MCP", "--identifier", out.URL("/mcp"), "--scope", "tools:read")
	b := asOperator(t, s, "/dashboard/apis")
	b.press("Orders MCP")
	page := b.eval("location.href") + "/mcp"
	b.visit(page)
	b.press("Check live")
	b.see("404")
	b.judge("api-live-missing")
	out.Put("/.well-known/oauth-protected-resource/mcp", map[string]any{
		"resource": out.URL("/mcp"), "authorization_servers": []string{s.URL}, "scopes_supported": []string{"tools:read", "tools:all"},
		"bearer_methods_supported": []string{"header"}, "resource_name": "Orders MCP",
	})
	b.visit(page)
	b.press("Check live")
	b.see("lacks the slash at its end")
	b.see("tools:all")
	b.see("resource is the identifier of this API")
	b.judge("api-live")
}
