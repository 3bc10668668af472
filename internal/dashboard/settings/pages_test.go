package settings_test

import (
	"strings"
	"testing"
	"time"

	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/dashboard/settings"
	"clientele/internal/servertest"
)

func TestEveryStateOfTheAdmissionRulesIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	for name, page := range settings.AdmissionPages(time.Now()) {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, frametest.Rendered(t, page)) })
	}
}

func TestAViewerOfTheAdmissionRulesSeesNoButtonThatChangesAnything(t *testing.T) {
	body := frametest.Rendered(t, settings.AdmissionPages(time.Now())["admission-viewer"])
	for _, button := range []string{">Save</span>", ">Add rule</span>", ">Delete</span>"} {
		if strings.Contains(body, button) {
			t.Errorf("the page has %s", button)
		}
	}
}
