package applications_test

import (
	"testing"
	"time"

	"clientele/internal/dashboard/applications"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/servertest"
)

func TestEveryStateOfAnImportedApplicationsPagesIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	for name, page := range applications.ImportedPages(time.Now()) {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, frametest.Rendered(t, page)) })
	}
}
