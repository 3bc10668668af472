package advisor

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/registry"
)

func TestAHostIsDeadOnlyAfterItWasMissingTwiceAnHourApart(t *testing.T) {
	trouble := errors.New("the resolver did not answer")
	h := registry.WatchedHost{Host: "shop.example.com"}
	for i, step := range []struct {
		after   time.Duration
		exists  bool
		trouble error
		dead    bool
		next    time.Duration
	}{
		{0, true, nil, false, hostAgain},
		{day, false, nil, false, deadAfter},                  // the first time
		{day + 30*time.Minute, false, nil, false, hostAgain}, // too soon after
		{day + 40*time.Minute, false, trouble, false, deadAfter},
		{day + time.Hour, false, nil, true, hostAgain},
		{2 * day, false, trouble, true, deadAfter}, // still, as far as anybody knows
		{3 * day, true, nil, false, hostAgain},
		{4 * day, false, nil, false, deadAfter}, // from the beginning again
	} {
		now := noon.Add(step.after)
		h = lookedUp(h, step.exists, step.trouble, now)
		if h.DeadAt.IsZero() == step.dead || h.DueAt.Sub(now) != step.next {
			t.Errorf("step %d: %+v", i, h)
		}
	}
}

func TestOnlyHostsThatDNSKnowsOfAreWatched(t *testing.T) {
	a := registry.Application{RedirectURIs: registry.URIs("https://Shop.example.com/a", "https://shop.example.com/b", "https://localhost/cb",
		"http://127.0.0.1/cb", "com.example.app:/cb", "https://*.example.com/cb", "https://b.example.com:8443/cb")}
	stranger := registry.Application{ExpiresAt: noon, RedirectURIs: registry.URIs("https://stranger.example.com/cb")}
	got := hostsOf([]registry.Application{a, stranger})
	if len(got) != 2 || got[0] != "b.example.com" || got[1] != "shop.example.com" {
		t.Errorf("%v", got)
	}
}
