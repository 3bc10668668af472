package activity_test

import (
	"testing"
	"time"

	"clientele/internal/dashboard/activity"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/servertest"
)

func TestEveryStateOfARefusalIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	for name, page := range activity.RefusalPages(time.Now()) {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, frametest.Rendered(t, page)) })
	}
}
