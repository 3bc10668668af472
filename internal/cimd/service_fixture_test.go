package cimd_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const (
	appHost = "app.example.com"
	appPath = "/client.json"
	appURL  = "https://" + appHost + appPath
)

// world is a server and the pretend internet around it.
type world struct {
	*servertest.Server
	svc  *cimd.Service
	t    *testing.T
	net  *servertest.Internet
	host *outboundtest.Host // of the application
}

func newWorld(t *testing.T, mode registry.AdmissionMode, options ...servertest.Option) *world {
	t.Helper()
	n := servertest.NewInternet(t)
	s := servertest.New(t, append(options, servertest.WithInternet(n))...)
	t.Cleanup(s.Documents().Close)
	w := &world{Server: s, svc: s.Documents(), t: t, net: n, host: n.Host(appHost)}
	w.set("cimd_admission", string(mode))
	w.host.JSON(appPath, document())
	return w
}

func (w *world) set(name, value string) {
	w.t.Helper()
	if err := w.Settings.Set(w.t.Context(), servertest.Actor, name, value); err != nil {
		w.t.Fatal(err)
	}
}

// document is that of a public client, with changes.
func document(changes ...map[string]any) map[string]any {
	d := map[string]any{"client_id": appURL, "client_name": "Pretend", "redirect_uris": []string{"https://" + appHost + "/cb"}}
	for _, c := range changes {
		maps.Copy(d, c)
	}
	return d
}

func arrival(user string) cimd.Arrival {
	return cimd.Arrival{URL: appURL, UserID: user, Address: "192.0.2.1", Door: "authorize"}
}

// resolve lets the person come with the client, and expects the reason; empty = it is let in.
func (w *world) resolve(a cimd.Arrival, want cimd.Reason) (*registry.Application, *cimd.Refusal) {
	w.t.Helper()
	app, err := w.svc.Resolve(w.t.Context(), a)
	refusal, _ := errors.AsType[*cimd.Refusal](err)
	switch {
	case want == "" && err != nil:
		w.t.Fatalf("refused: %v (%s)", err, w.explain(refusal))
	case want != "" && (refusal == nil || refusal.Reason != want):
		w.t.Fatalf("got %v, %v (%s), want %s", app, err, w.explain(refusal), want)
	}
	return app, refusal
}

func (w *world) explain(r *cimd.Refusal) string {
	if r == nil {
		return ""
	}
	return w.trace(r.Reference).Message
}

// trace is what the operator finds under a reference.
func (w *world) trace(reference string) audit.Trace {
	w.t.Helper()
	w.Traces().Flush(context.WithoutCancel(w.t.Context()))
	page, err := w.Registry.Traces(w.t.Context(), registry.TraceQuery{Reference: reference, Limit: 2})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(page.Items) != 1 {
		w.t.Fatalf("the reference %q leads to %d traces", reference, len(page.Items))
	}
	return page.Items[0]
}

// queue is what waits.
func (w *world) queue() []registry.Waiting {
	w.t.Helper()
	page, err := w.Registry.WaitingClients(w.t.Context(), "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Items
}

// imported registers the application as an operator does.
func (w *world) imported() registry.Application {
	w.t.Helper()
	done, err := w.Register(w.t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return done.Application
}

// now is the application as it is stored.
func (w *world) now(id string) registry.Application {
	w.t.Helper()
	app, err := w.Store.Application(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return app
}

func (w *world) Resolve(ctx context.Context, a cimd.Arrival) (*registry.Application, error) {
	return w.svc.Resolve(ctx, a)
}

func (w *world) Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error) {
	return w.svc.Find(ctx, id)
}

func (w *world) Preview(ctx context.Context, url string) (cimd.Preview, error) {
	return w.svc.Preview(ctx, servertest.Actor, url)
}

func (w *world) Register(ctx context.Context, actor audit.Actor, url string, o cimd.RegisterOptions) (cimd.Registered, error) {
	return w.svc.Register(ctx, actor, url, o)
}

func (w *world) Refresh(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (cimd.Registered, error) {
	return w.svc.Refresh(ctx, actor, id, hash, keySetHash)
}

func (w *world) RefreshDue(ctx context.Context) { w.svc.RefreshDue(ctx) }
