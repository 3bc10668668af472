package dashboard_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/servertest"
	"clientele/internal/settings"
	"clientele/internal/signing"
)

func TestSettingsOfAPageAreCheckedTogether(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	page := b.Get("/dashboard/settings/sessions").Submit(url.Values{"operator_session_idle": {"10m"}, "person_session_idle": {"soon"}, "person_session_lifetime": {"never"}}, "person_session_idle")
	wants(t, page, http.StatusUnprocessableEntity, `id="f-person_session_idle-error"`, `id="f-person_session_lifetime-error"`, `value="soon"`, `value="10m"`)
	if s.Settings.Current().OperatorSessionIdle != 30*time.Minute {
		t.Error("a page with faults changed something")
	}
	page = page.Submit(url.Values{"person_session_idle": {"2d"}, "person_session_lifetime": {"7d"}}, "person_session_idle")
	wants(t, page, http.StatusOK, "Saved.")
	if now := s.Settings.Current(); now.PersonSessionIdle != 48*time.Hour || now.OperatorSessionIdle != 10*time.Minute {
		t.Errorf("%+v", now)
	}
	wants(t, b.Get("/dashboard/settings").Submit(url.Values{"instance_name": {"Acme"}}, "instance_name"), http.StatusOK, "Acme")
	wants(t, b.Get("/dashboard/settings/sign-in").Submit(url.Values{"sign_up": {"on"}}, "was.sign_up"), http.StatusOK, "Saved.", "At least 10 characters")
	if now := s.Settings.Current(); !now.SignUp || now.InstanceName != "Acme" {
		t.Errorf("%+v", now)
	}
}

func TestAStaleEditOfSettingsShowsBothVersions(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	mine, theirs := b.Get("/dashboard/settings/retention"), b.Get("/dashboard/settings/retention")
	wants(t, theirs.Submit(url.Values{"use_retention": {"10d"}, "change_retention": {"365d"}}, "use_retention"), http.StatusOK, "Saved.")
	stale := mine.Submit(url.Values{"use_retention": {"20d"}}, "use_retention")
	wants(t, stale, http.StatusConflict, "This was saved in the meantime", "10d", "20d", "saved by owner@example.com")
	servertest.CheckMarkup(t, "stale settings", stale.Body)
	if s.Settings.Current().UseRetention != 240*time.Hour {
		t.Error("it was overwritten")
	}
	wants(t, stale.Submit(url.Values{"take.use_retention": {"mine"}}, "use_retention"), http.StatusOK, "Saved.")
	if now := s.Settings.Current(); now.UseRetention != 480*time.Hour || now.ChangeRetention != 365*24*time.Hour {
		t.Errorf("%+v", now)
	}
}

func TestAnOperatorIsInvitedChangedAndRemoved(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	at := "/dashboard/settings/operators"
	page := b.Get(at)
	wants(t, page.Submit(url.Values{"email": {"grace"}, "role": {"editor"}}, "email"), http.StatusUnprocessableEntity, `id="f-email-error"`, `value="grace"`)
	invited := page.Submit(url.Values{"email": {"grace@example.com"}, "role": {"viewer"}}, "email")
	wants(t, invited, http.StatusOK, "Reset link for grace@example.com", "reset?token=")
	wants(t, page.Submit(url.Values{"email": {"grace@example.com"}, "role": {"viewer"}}, "email"), http.StatusUnprocessableEntity, "There is a user with this e-mail address already")
	u, err := s.Accounts.UserByEmail(t.Context(), "grace@example.com")
	if err != nil || u.Role != account.Viewer {
		t.Fatal(err, u)
	}
	wants(t, b.Post(at+"/"+u.ID, url.Values{"role": {"editor"}}), http.StatusOK, "Saved.")
	wants(t, b.Post(at+"/"+u.ID, url.Values{"role": {""}}), http.StatusOK, "Removed.")
	owner, _ := s.Accounts.UserByEmail(t.Context(), "owner@example.com")
	wants(t, b.Post(at+"/"+owner.ID, url.Values{"role": {""}}), http.StatusUnprocessableEntity, "This is the last owner who can sign in")
	viewer := signedIn(t, s, account.Viewer)
	if got := viewer.Get(at); got.Status != http.StatusOK || strings.Contains(got.Body, "Invite operator") {
		t.Error("a viewer is offered to invite", got.Status)
	}
	for _, path := range []string{at, at + "/invite", at + "/" + owner.ID, "/dashboard/settings", "/dashboard/settings/branding/logo", "/dashboard/settings/keys/rotate"} {
		if got := viewer.Post(path, nil); got.Status != http.StatusForbidden {
			t.Errorf("a viewer posts %s: %d", path, got.Status)
		}
	}
}

func TestAStaleRoleIsRefusedWithTheOneItIsNow(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	grace := s.CreateUser("grace@example.com", account.Viewer)
	list := "/dashboard/settings/operators"
	for _, at := range []string{list + "/" + grace.ID, "/dashboard/users/" + grace.ID + "/role"} {
		stale := b.Post(at, url.Values{"was": {"editor"}, "role": {"owner"}})
		wants(t, stale, http.StatusConflict, "Somebody else changed this in the meantime: the role is viewer now. Nothing was overwritten")
		servertest.CheckMarkup(t, at, stale.Body)
	}
	if u, err := s.Accounts.User(t.Context(), grace.ID); err != nil || u.Role != account.Viewer {
		t.Fatal(err, u.Role)
	}
	wants(t, b.Get(list), http.StatusOK, `name="was" value="viewer"`, "Another owner changes yours.")
	wants(t, b.Post(list+"/"+grace.ID, url.Values{"was": {"viewer"}, "role": {"editor"}}), http.StatusOK, "Saved.")
	wants(t, b.Post(list+"/"+grace.ID, url.Values{"was": {"viewer"}, "role": {"editor"}}), http.StatusOK, "Saved.") // sent twice
}

func TestTheDefaultAPIIsChosenAmongTheAPIs(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	s.CreateAPI("https://orders.example.com/", "read:orders")
	page := b.Get("/dashboard/settings")
	wants(t, page, http.StatusOK, `<select id="f-default_api"`, "https://orders.example.com/", "Default: none.")
	wants(t, page.Submit(url.Values{"default_api": {"https://orders.example.com/"}}, "default_api"), http.StatusOK, "Saved.")
	if got := s.Settings.Current().DefaultAPI; got != "https://orders.example.com/" {
		t.Error(got)
	}
	wants(t, b.Get("/dashboard/activity?kind=setting."), http.StatusOK, "Default API", "changed")
}

func TestEverySettingSaysWhatFollowsFromItAndItsDefault(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	var all strings.Builder
	for _, tab := range []string{"", "/branding", "/sign-in", "/sessions", "/defaults", "/retention", "/operators", "/applications"} {
		page := b.Get("/dashboard/settings" + tab)
		wants(t, page, http.StatusOK, "<h1>Settings</h1>", "without a restart")
		servertest.CheckMarkup(t, tab, page.Body)
		all.WriteString(page.Body)
	}
	defaults := strings.Count(all.String(), "Default: ") + strings.Count(all.String(), "the default")
	if want := len(settings.Definitions()); defaults < want {
		t.Errorf("%d of %d settings say their default", defaults, want)
	}
	if strings.Contains(all.String(), "Whether") {
		t.Error("a help begins like the label it stands under")
	}
}

func TestAKeyIsRotatedAndRevokedInOneStepThatIsAskedAbout(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	var was string
	for _, k := range s.Signing.List() {
		if k.Algorithm == "RS256" && k.State == signing.Current {
			was = k.ID
		}
	}
	asked := b.Get("/dashboard/settings/keys?revoke=" + was)
	wants(t, asked, http.StatusOK, "Rotate and revoke", "stops verifying, with most verifiers within the hour", "There is no way back")
	servertest.CheckMarkup(t, "asked", asked.Body)
	stale := b.Post("/dashboard/settings/keys/rotate", url.Values{"algorithm": {"RS256"}, "revoke": {"another"}})
	wants(t, stale, http.StatusOK, "Somebody else rotated in the meantime. Nothing was changed")
	if !slices.ContainsFunc(s.Signing.List(), func(k signing.StoredKey) bool { return k.ID == was && k.State == signing.Current }) {
		t.Fatal("a stale question rotated the key")
	}
	wants(t, b.Post("/dashboard/settings/keys/rotate", url.Values{"algorithm": {"RS256"}, "revoke": {was}}), http.StatusOK, "Rotated and revoked.")
	for _, k := range s.Signing.List() {
		if k.ID == was && k.State != signing.Revoked {
			t.Error(k.State)
		}
	}
}

func TestALogoIsUploadedDrawnAnewAndServedFromHere(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	wants(t, upload(t, s, b, []byte("<svg/>")), http.StatusUnprocessableEntity, "is an SVG", "PNG, JPEG, WebP or GIF")
	wants(t, upload(t, s, b, nil), http.StatusUnprocessableEntity, "Choose a picture first")
	wants(t, upload(t, s, b, bytes.Repeat([]byte("x"), 300<<10)), http.StatusRequestEntityTooLarge)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	wants(t, upload(t, s, b, picture.Bytes()), http.StatusSeeOther)
	logo := s.Settings.Current().LogoURL
	if !strings.HasPrefix(logo, "/logos/") {
		t.Fatal(logo)
	}
	wants(t, b.Get(logo), http.StatusOK, "\x89PNG")
	wants(t, b.Get("/dashboard/settings/branding"), http.StatusOK, `src="`+logo+`"`)
	preview := b.Get("/dashboard/settings/branding/preview.svg?theme=dark&accent=%23aa3300")
	wants(t, preview, http.StatusOK, "<svg", "data:image/png;base64,")
	if h := preview.Header.Get("Content-Security-Policy"); !strings.Contains(h, "sandbox") || preview.Header.Get("Content-Type") != "image/svg+xml" {
		t.Error(h)
	}
	wants(t, b.Post("/dashboard/settings/branding/logo/remove", nil), http.StatusOK, "The logo is gone")
	if now := s.Settings.Current().LogoURL; now != "" {
		t.Error(now)
	}
	wants(t, b.Get("/dashboard/settings/branding?accent=%23ffff00"), http.StatusOK, "Text needs 4.5 : 1", `value="#ffff00"`)
}

func TestABrowserThatWasLeftOpenShortensNoRecord(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	before := s.Settings.Current()
	s.Clock.Advance(6 * time.Minute)
	for path, form := range map[string]url.Values{
		"/dashboard/settings/retention": {"change_retention": {"1h"}, "use_retention": {"1h"}},
		"/dashboard/settings/sessions":  {"operator_session_idle": {"24h"}, "operator_session_lifetime": {"168h"}},
		"/dashboard/settings/operators": {"operator_passkeys": {"off"}},
	} {
		wants(t, b.Post(path, form), http.StatusForbidden, "once more")
	}
	if s.Settings.Current() != before {
		t.Error("something was changed")
	}
}

// A picture that the parser of forms keeps in a file arrives like a small one.
func TestALogoOfTheLargestSizeIsTaken(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	noise := image.NewNRGBA(image.Rect(0, 0, 256, 240))
	state := uint32(1)
	for i := range noise.Pix {
		state = state*1664525 + 1013904223
		noise.Pix[i] = byte(state>>24) | 1
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, noise); err != nil {
		t.Fatal(err)
	}
	if n := picture.Len(); n < 200<<10 || n > 256<<10 {
		t.Fatalf("the picture has %d bytes", n)
	}
	if page := upload(t, s, b, picture.Bytes()); page.Status != http.StatusSeeOther {
		t.Errorf("status %d: %s", page.Status, page.Body)
	}
}

// upload sends the form as a browser does, and does not follow.
func upload(t *testing.T, s *servertest.Server, b *servertest.Browser, picture []byte) servertest.Page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("logo", "logo.png")
	if err == nil {
		_, err = part.Write(picture)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/dashboard/settings/branding/logo", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := b.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return servertest.Page{Status: resp.StatusCode, URL: req.URL, Header: resp.Header, Body: text.String()}
}
