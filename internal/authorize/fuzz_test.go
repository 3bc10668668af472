package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// FuzzAuthorizeRequest sends anything as a query. Whatever it is, the answer is a page, a way to our own pages, or a way to
// a redirect URI that is registered; with iss, and never a server error.
func FuzzAuthorizeRequest(f *testing.F) {
	s := servertest.New(f)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	s.CreateAPI("https://api.example.com/", "read:all")
	good := request(app, nil).Encode()
	f.Add(good)
	f.Add(good + "&prompt=none&max_age=1&resource=https%3A%2F%2Fapi.example.com&audience=x&response_mode=form_post")
	f.Add(good + "&state=%00&scope=%22&response_mode=fragment")
	f.Add("client_id=" + app.ID + "&redirect_uri=" + url.QueryEscape(callback+"#x") + "&state=1&state=2")
	f.Add("client_id=https%3A%2F%2Fa.example%2Fb&redirect_uri=//evil.example")
	f.Add("%zz&=&&a;b")
	client := s.Client()
	f.Fuzz(func(t *testing.T, query string) {
		req := (&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "https", Host: s.Host(), Path: "/authorize", RawQuery: query}, Header: http.Header{}}).WithContext(t.Context())
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		to := resp.Header.Get("Location")
		switch {
		case resp.StatusCode >= 500:
			t.Errorf("%q answers %d", query, resp.StatusCode)
		case to == "", strings.HasPrefix(to, s.URL+"/signin?request="):
		case !strings.HasPrefix(to, callback+"?") && !strings.HasPrefix(to, callback+"#"), !strings.Contains(to, "iss="), !strings.Contains(to, "error="):
			t.Errorf("%q leads to %s", query, to)
		}
	})
}
