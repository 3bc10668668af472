package documents_test

import (
	"strings"
	"testing"
	"time"

	"clientele/internal/dashboard/documents"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/servertest"
)

func TestEveryStateOfADocumentsPagesIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	for name, page := range documents.DocumentPages(time.Now()) {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, frametest.Rendered(t, page)) })
	}
}

func TestARefusalTakesThePlaceOfTheButton(t *testing.T) {
	pages := documents.DocumentPages(time.Now())
	for _, name := range []string{"import-refused", "import-unreachable", "waiting-refused"} {
		body := frametest.Rendered(t, pages[name])
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

func TestAViewerOfADocumentSeesNoButtonThatChangesAnything(t *testing.T) {
	pages := documents.DocumentPages(time.Now())
	for _, name := range []string{"document-viewer"} {
		for _, button := range []string{">Save</span>", ">Refresh</span>", ">Add rule</span>", ">Delete</span>", "Approve version"} {
			if strings.Contains(frametest.Rendered(t, pages[name]), button) {
				t.Errorf("%s has %s", name, button)
			}
		}
	}
}
