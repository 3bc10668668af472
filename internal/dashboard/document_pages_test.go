package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/dashboard"
	"clientele/internal/servertest"
	"clientele/internal/ui"
)

func rendered(t *testing.T, page templ.Component) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := (ui.Site{Name: "Example"}).Write(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, ui.Plain, page); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

func TestEveryStateOfADocumentsPagesIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	for name, page := range dashboard.DocumentPages(time.Now()) {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, rendered(t, page)) })
	}
}

func TestARefusalTakesThePlaceOfTheButton(t *testing.T) {
	pages := dashboard.DocumentPages(time.Now())
	for _, name := range []string{"import-refused", "import-unreachable", "waiting-refused"} {
		body := rendered(t, pages[name])
		for _, button := range []string{">Create application</span>", ">Approve</span>"} {
			if strings.Contains(body, button) {
				t.Errorf("%s still has the button %s", name, button)
			}
		}
		for _, want := range []string{"What to change", "CIMD-02", "Copy this report"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}

func TestAViewerSeesNoButtonThatChangesAnything(t *testing.T) {
	pages := dashboard.DocumentPages(time.Now())
	for _, name := range []string{"document-viewer", "admission-viewer"} {
		for _, button := range []string{">Save</span>", ">Refresh</span>", ">Add rule</span>", ">Delete</span>", "Approve version"} {
			if strings.Contains(rendered(t, pages[name]), button) {
				t.Errorf("%s has %s", name, button)
			}
		}
	}
}
