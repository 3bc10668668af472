package cimd_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func (w *world) approve(id, hash, keySetHash string) (cimd.Registered, error) {
	return w.svc.Approve(w.t.Context(), servertest.Actor, id, hash, keySetHash)
}

func TestAWaitingClientIsApprovedAsItWasLookedAt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitApproval, on)
		_, refusal := w.resolve(arrival("usr_1"), cimd.Waiting)
		w.resolve(arrival("usr_2"), cimd.Waiting)
		queue := w.queue()
		if len(queue) != 1 || queue[0].URL != appURL || queue[0].People != 2 || queue[0].Reference != refusal.Reference || queue[0].Name != "Pretend" {
			t.Fatalf("what waits is %+v", queue)
		}
		done, err := w.approve(queue[0].ID, queue[0].Hash, queue[0].KeySetHash)
		if err != nil {
			t.Fatal(err)
		}
		if app := done.Application; !done.Created || app.Import.By != registry.ByOperator || app.Import.Mode != registry.Review || !app.ExpiresAt.IsZero() || app.Ownership != registry.ThirdParty {
			t.Errorf("approved as %+v %+v", app, app.Import)
		}
		if len(w.queue()) != 0 {
			t.Error("it waits still")
		}
		if app, _ := w.resolve(arrival("usr_1"), ""); app.ID != done.Application.ID {
			t.Errorf("let in as %s", app.ID)
		}
	})
}

func TestAnApprovalIsRefusedIfTheDocumentHasMoved(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	w.resolve(arrival("usr_1"), cimd.Waiting)
	before := w.queue()[0]
	w.host.JSON(appPath, document(map[string]any{"redirect_uris": []string{"https://evil.example.net/cb"}}))
	w.Clock.Advance(time.Minute)
	for range 2 { // the second time the queue knows of the change already, and the operator does not
		_, err := w.approve(before.ID, before.Hash, before.KeySetHash)
		why, ok := errors.AsType[*cimd.Declined](err)
		if !ok || !why.Moved || why.Preview.Hash == before.Hash {
			t.Fatalf("got %v", err)
		}
	}
	after := w.queue()[0]
	if after.Hash == before.Hash || len(after.RedirectURIs) != 1 || after.RedirectURIs[0] != "https://evil.example.net/cb" || after.People != 1 {
		t.Errorf("what waits is %+v", after)
	}
	if _, err := w.approve(after.ID, after.Hash, after.KeySetHash); err != nil {
		t.Errorf("what was looked at again: %v", err)
	}
}

func TestAnApprovalIsRefusedIfTheKeysHaveMoved(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	w.keyed(w.NewClientKey())
	w.resolve(arrival("usr_1"), cimd.Waiting)
	before := w.queue()[0]
	w.keys(w.NewClientKey())
	_, err := w.approve(before.ID, before.Hash, before.KeySetHash)
	if why, ok := errors.AsType[*cimd.Declined](err); !ok || !why.Moved || before.KeySetHash == "" {
		t.Errorf("got %v", err)
	}
}

func TestOfConcurrentApprovalsOneCreatesAndNoneDoubles(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitApproval, on)
		w.resolve(arrival("usr_1"), cimd.Waiting)
		entry := w.queue()[0]
		var all sync.WaitGroup
		var mu sync.Mutex
		created, ids := 0, map[string]bool{}
		for range 8 {
			all.Go(func() {
				done, err := w.approve(entry.ID, entry.Hash, entry.KeySetHash)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					ids[done.Application.ID] = true
					if done.Created {
						created++
					}
				case !errors.Is(err, registry.ErrNotFound) && !errors.Is(err, registry.ErrConflict) && !errors.Is(err, registry.ErrStale):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if created != 1 || len(ids) != 1 {
			t.Errorf("%d created, %d applications", created, len(ids))
		}
	})
}

func TestWhoIsDeniedAndBlockedDoesNotWaitAgain(t *testing.T) {
	for _, c := range []struct {
		block   cimd.Block
		pattern string
		sibling cimd.Reason
	}{{cimd.BlockURL, appURL, cimd.Waiting}, {cimd.BlockHost, appHost, cimd.NotAdmitted}} {
		t.Run(string(c.block), func(t *testing.T) {
			w := newWorld(t, registry.AdmitApproval)
			w.resolve(arrival("usr_1"), cimd.Waiting)
			rule, err := w.svc.DenyAndBlock(t.Context(), servertest.Actor, w.queue()[0].ID, c.block)
			if err != nil || rule.Pattern != c.pattern || rule.Effect != registry.Deny || len(w.queue()) != 0 {
				t.Fatalf("got %+v, %v", rule, err)
			}
			fetches := w.host.Count(appPath)
			w.resolve(arrival("usr_1"), cimd.NotAdmitted)
			if w.host.Count(appPath) != fetches {
				t.Error("what is blocked was fetched")
			}
			w.host.JSON("/other.json", document(map[string]any{"client_id": "https://" + appHost + "/other.json"}))
			sibling := arrival("usr_1")
			sibling.URL = "https://" + appHost + "/other.json"
			w.resolve(sibling, c.sibling)
		})
	}
}

func TestOnlyValidDocumentsWait(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	w.host.JSON(appPath, document(map[string]any{"token_endpoint_auth_method": "client_secret_post"}))
	w.resolve(arrival("usr_1"), cimd.Invalid)
	if len(w.queue()) != 0 {
		t.Error("it waits")
	}
}

func TestAPersonMakesFewWait(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	for i := range registry.MaxWaitingPerPerson + 1 {
		a := arrival("usr_1")
		path := "/" + string(rune('a'+i)) + ".json"
		a.URL = "https://" + appHost + path
		w.host.JSON(path, document(map[string]any{"client_id": a.URL}))
		want := cimd.Waiting
		if i == registry.MaxWaitingPerPerson {
			want = cimd.Busy
		}
		w.resolve(a, want)
	}
}

func TestAnApprovalExceptsTheAudienceOfClientsKnownToNeedIt(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	vendor := w.net.Host("chatgpt.com")
	id := "https://chatgpt.com/oauth/x/client.json"
	vendor.JSON("/oauth/x/client.json", map[string]any{
		"client_id": id, "client_name": "A vendor", "redirect_uris": []string{"https://chatgpt.com/cb"},
		"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
	})
	vendor.JSON("/oauth/jwks.json", keySet(w.NewClientKey()))
	a := arrival("usr_1")
	a.URL = id
	w.resolve(a, cimd.Waiting)
	p, err := w.Preview(t.Context(), id)
	if err != nil || p.AudienceUntil.IsZero() {
		t.Fatalf("the preview says %s, %v", p.AudienceUntil, err)
	}
	done, err := w.approve(w.queue()[0].ID, "", "")
	if err != nil || !done.Application.Import.AudienceUntil.Equal(p.AudienceUntil) {
		t.Errorf("got %+v, %v", done.Application.Import, err)
	}
	if other, err := w.Preview(t.Context(), appURL); err != nil || !other.AudienceUntil.IsZero() {
		t.Errorf("for another client the preview says %s, %v", other.AudienceUntil, err)
	}
}

func TestAPreviewStoresNothingAndSaysWhatWouldChange(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	p, err := w.Preview(t.Context(), appURL)
	if err != nil || !p.Usable() || p.Hash == "" || p.ApplicationID != "" || p.Decision.Verdict != registry.Wait {
		t.Fatalf("got %+v, %v", p, err)
	}
	if _, err := w.Find(t.Context(), appURL); !errors.Is(err, registry.ErrNotFound) || len(w.queue()) > 0 {
		t.Error("something is stored")
	}
	app := w.imported()
	w.host.JSON(appPath, document(map[string]any{"redirect_uris": []string{"https://" + appHost + "/cb", "https://" + appHost + "/new"}}))
	p, err = w.Preview(t.Context(), appURL)
	if err != nil || p.ApplicationID != app.ID || len(p.Differences) != 1 || p.Differences[0].Class != registry.ClassWidening || p.Differences[0].Applies {
		t.Fatalf("got %+v, %v", p.Differences, err)
	}
	if _, err := w.Refresh(t.Context(), servertest.Actor, app.ID, "another hash", ""); err == nil {
		t.Error("a refresh took what nobody looked at")
	}
	done, err := w.Refresh(t.Context(), servertest.Actor, app.ID, p.Hash, p.KeySetHash)
	if err != nil || done.Created || !done.Changed || len(done.Application.RedirectURIs) != 2 {
		t.Errorf("got %+v, %v", done, err)
	}
}

func TestAnImportIsAnUpsert(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitImported, on)
		first, err := w.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{Mode: registry.Frozen})
		if err != nil || !first.Created || first.Application.Import.Mode != registry.Frozen {
			t.Fatalf("got %+v, %v", first, err)
		}
		second, err := w.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{})
		if err != nil || second.Created || second.Changed || second.Application.ID != first.Application.ID || second.Application.Import.Mode != registry.Frozen {
			t.Errorf("got %+v, %v", second, err)
		}
		if _, refusal := w.resolve(arrival("usr_1"), ""); refusal != nil {
			t.Errorf("what was imported is refused: %v", refusal)
		}
	})
}

func TestARefusedImportLeavesATraceAndSaysEverything(t *testing.T) {
	w := newWorld(t, registry.AdmitImported)
	w.host.JSON(appPath, document(map[string]any{"client_secret": "x", "jwks": map[string]any{"keys": []any{}}, "jwks_uri": "https://" + appHost + "/k"}))
	_, err := w.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{})
	why, ok := errors.AsType[*cimd.Declined](err)
	if !ok || why.Moved || why.Preview.Reading == nil || len(why.Preview.Reading.Violations) < 2 {
		t.Fatalf("got %v", err)
	}
	w.Traces().Flush(t.Context())
	page, err := w.Registry.Traces(t.Context(), registry.TraceQuery{ClientID: appURL, Limit: 5})
	if err != nil || len(page.Items) != 1 || page.Items[0].Door != "import" || page.Items[0].Kind != audit.FailureDocument {
		t.Errorf("the traces are %+v, %v", page.Items, err)
	}
}

func TestRefreshingAClientWhoseDocumentIsGoneSuspendsIt(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app := w.imported()
	w.host.Status(appPath, http.StatusNotFound)
	if _, err := w.Refresh(t.Context(), servertest.Actor, app.ID, "", ""); err == nil {
		t.Fatal("refreshed")
	}
	if now := w.now(app.ID); now.Import.SuspendedWhy != registry.SuspendedGone {
		t.Errorf("%+v", now.Import)
	}
}

// The person who met the waiting page goes on in the same browser after the approval, from where she was.
func TestWhoWaitsGoesOnInTheSameBrowserAfterTheApproval(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitApproval, on)
		w.CreateUser("ada@example.com", "")
		b := w.Browser()
		request := url.Values{
			"response_type": {"code"}, "client_id": {appURL}, "redirect_uri": {"https://" + appHost + "/cb"}, "scope": {"openid"},
			"state": {"a state"}, "code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"},
		}
		page := b.Get("/authorize?" + request.Encode())
		if w.host.Count(appPath) != 0 || strings.Contains(page.Body, appHost) && !strings.Contains(page.Body, "type=\"hidden\"") {
			t.Errorf("before the sign-in: %d fetches\n%s", w.host.Count(appPath), page.Body)
		}
		page = page.Submit(url.Values{"email": {"ada@example.com"}, "password": {servertest.Password}}, "password")
		queue := w.queue()
		if len(queue) != 1 || !strings.Contains(page.Body, queue[0].Reference) {
			t.Fatalf("%d wait, the page says (%d)\n%s", len(queue), page.Status, page.Body)
		}
		if _, err := w.approve(queue[0].ID, queue[0].Hash, queue[0].KeySetHash); err != nil {
			t.Fatal(err)
		}
		answer := b.Authorize("ada@example.com", request)
		if answer.Get("code") == "" {
			t.Errorf("the browser came back with %v", answer)
		}
	})
}

func TestCIMD02_6_TheMetadataFollowsTheModeAndTheImports(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitApproval, on)
		expect := func(want bool, when string) {
			t.Helper()
			var metadata map[string]any
			if err := json.Unmarshal([]byte(w.Browser().Get("/.well-known/oauth-authorization-server").Body), &metadata); err != nil {
				t.Fatal(err)
			}
			if got := metadata["client_id_metadata_document_supported"] == true; got != want {
				t.Errorf("%s: %v", when, got)
			}
			methods, _ := json.Marshal(metadata["token_endpoint_auth_methods_supported"])
			if !strings.Contains(string(methods), `"none"`) {
				t.Errorf("%s: the methods are %s", when, methods)
			}
		}
		expect(true, "approval")
		w.set("cimd_admission", "imported")
		expect(false, "imported, without any")
		app := w.imported()
		expect(true, "imported, with one")
		if _, _, err := w.Registry.Update(t.Context(), servertest.Actor, app.ID, w.now(app.ID).Revision, func(a *registry.Application) error { a.Enabled = false; return nil }); err != nil {
			t.Fatal(err)
		}
		expect(false, "imported, with one that is off")
		w.set("cimd_admission", "open")
		expect(true, "open")
	})
}
