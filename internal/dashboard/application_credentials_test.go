package dashboard_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestASecretSaysWhereItStands(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID + "/credentials"
	wants(t, b.Get(path), http.StatusOK, "works", "never", servertest.Actor.Name)
	wants(t, b.Get(path+"?open=secret").Submit(url.Values{"name": {"next"}, "overlap": {"168"}, "expires": {"30"}}, "once", "overlap"), http.StatusOK, "Secret added")
	wants(t, b.Get(path), http.StatusOK, "being replaced", "in 7 days", "works")
	s.Clock.Advance(8*24*time.Hour + 4*time.Hour)
	b = freshBrowser(t, s, account.Owner)
	wants(t, b.Get(path), http.StatusOK, "expired")
}

// freshBrowser is a new browser of an operator that is there already.
func freshBrowser(t *testing.T, s *servertest.Server, role account.Role) *servertest.Browser {
	t.Helper()
	b := s.Browser()
	b.Get("/dashboard").Submit(url.Values{"email": {string(role) + "@example.com"}, "password": {servertest.Password}}, "password")
	return b
}

func TestASecretEndsOnADayOfOnesChoice(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID + "/credentials?open=secret"
	wants(t, b.Get(path).Submit(url.Values{"expires": {"custom"}, "expires_on": {"2001-01-01"}}, "once", "overlap"), http.StatusUnprocessableEntity, `id="f-expires_on-error"`, `value="2001-01-01"`)
	day := s.Clock.Now().Add(40 * 24 * time.Hour)
	wants(t, b.Get(path).Submit(url.Values{"expires": {"custom"}, "expires_on": {day.Format(time.DateOnly)}}, "once", "overlap"), http.StatusOK, "Secret added")
	now, _ := s.Registry.Application(t.Context(), app.ID)
	if end := now.Secrets[1].ExpiresAt; end.Format(time.DateOnly) != day.Format(time.DateOnly) {
		t.Error(end)
	}
}

func TestRevokingTheOnlySecretIsAskedForWithItsConsequence(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID + "/credentials"
	ask := b.Get(path + "?open=revoke+" + app.Secrets[0].ID)
	wants(t, ask, http.StatusOK, "Revoke the secret ending in "+app.Secrets[0].LastFour, "It is the only secret that works")
	servertest.CheckMarkup(t, "revoke", ask.Body)
	wants(t, b.Post("/dashboard/applications/"+app.ID+"/secrets/"+app.Secrets[0].ID+"/revoke", nil), http.StatusOK, "No secret works")
}

func TestAKeyIsUploadedAsAFile(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/" + app.ID + "/credentials?open=key")
	wants(t, page, http.StatusOK, `enctype="multipart/form-data"`)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("once", page.Form("key").Values.Get("once"))
	_ = form.WriteField("key", "")
	_ = form.WriteField("key_name", "from a file")
	file, _ := form.CreateFormFile("key_file", "public.pem")
	_, _ = file.Write([]byte(publicPEM(t)))
	_ = form.Close()
	send := func() servertest.Page {
		return b.Upload("/dashboard/applications/"+app.ID+"/keys", form.FormDataContentType(), body.String())
	}
	wants(t, send(), http.StatusOK, "added.", "from a file")
	wants(t, send(), http.StatusOK, "This form was sent before")
	if now, _ := s.Registry.Application(t.Context(), app.ID); len(now.Keys) != 1 {
		t.Error(len(now.Keys), "keys")
	}
}

func TestAMethodThatSomebodyElseChangedMeanwhileIsAChoiceOfTwo(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/credentials")
	theirs(t, s, app.ID, func(a *registry.Application) { a.AuthMethods = a.AuthMethods[:1] })
	page := open.Submit(url.Values{"method": {"client_secret_post"}}, "method")
	wants(t, page, http.StatusConflict, "Secret in the header</p>", "Secret in the body</p>", "saved by "+servertest.Actor.Name)
	servertest.CheckMarkup(t, "stale method", page.Body)
	if page.Form("method").Values.Get("method") != "client_secret_post" {
		t.Error("the choice was lost")
	}
	wants(t, page.Submit(url.Values{"take.method": {"theirs"}}, "method"), http.StatusOK, "Saved.", `value="client_secret_basic" checked`)
	page = open.Submit(url.Values{"method": {"client_secret_post"}}, "method")
	wants(t, page.Submit(url.Values{}, "method"), http.StatusOK, "Saved.", `value="client_secret_post" checked`)
}

func TestAMethodIsSavedThoughSomebodyElseChangedAnotherSetting(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/credentials")
	theirs(t, s, app.ID, func(a *registry.Application) { a.Description = "Theirs" })
	wants(t, open.Submit(url.Values{"method": {"client_secret_post"}}, "method"), http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Description != "Theirs" || len(now.AuthMethods) != 1 {
		t.Error(now.Description, now.AuthMethods)
	}
}
