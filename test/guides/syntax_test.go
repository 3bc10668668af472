package guides

import (
	"testing"

	"clientele/internal/registry"
)

// What needs a framework that is not here is read by the tool of its language, once with an API and once without.
func TestTheGuidesThatCannotRunHereAreReadByTheirLanguage(t *testing.T) {
	checks := []struct {
		guide string
		files []string
		tool  []string
	}{
		{"fastapi", []string{"main.py"}, []string{"python3", "-m", "py_compile"}},
		{"mcp-server-python", []string{"server.py"}, []string{"python3", "-m", "py_compile"}},
		{"php", []string{"index.php"}, []string{"php", "-l"}},
		{"rails", []string{"config/initializers/omniauth.rb", "config/routes.rb", "app/controllers/sessions_controller.rb"}, []string{"ruby", "-c"}},
	}
	for _, with := range []string{"no API", "an API"} {
		s := serve(t)
		if with == "an API" {
			s.CreateAPI("https://orders.example/", "read:orders", "write:orders")
		}
		app, _ := s.CreateApplication(registry.Draft{Name: "Orders web", Type: registry.RegularWeb})
		for _, c := range checks {
			t.Run(c.guide+" with "+with, func(t *testing.T) {
				p := s.copy(t, app, c.guide)
				for _, file := range c.files {
					p.done(nil, c.tool[0], append(c.tool[1:], file)...)
				}
			})
		}
	}
}
