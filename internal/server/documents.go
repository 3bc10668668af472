package server

import (
	"log/slog"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/store"
)

// Documents is what applications from a URL need of whoever serves them, a server or the command line. Log may be nil.
type Documents struct {
	Issuer    string // ends in a slash
	Store     *store.Store
	Registry  *registry.Registry
	Directory *registry.Directory
	Settings  func() settings.Settings
	Outbound  *outbound.Client
	Traces    audit.Tracer
	Uses      audit.Recorder
	Log       *slog.Logger
	Now       func() time.Time
}

// Service makes the service for clients that are known by a URL.
func (d Documents) Service() *cimd.Service {
	logos := &cimd.Logos{Get: d.Outbound.Get, Store: d.Store, Now: d.Now}
	return &cimd.Service{
		Registry: d.Registry, Directory: d.Directory, Store: d.Store, Outbound: d.Outbound, Issuer: d.Issuer,
		Policy:    func() cimd.Policy { return DocumentPolicy(d.Settings(), d.Outbound.Exempt) },
		Admission: func() registry.AdmissionMode { return registry.AdmissionMode(d.Settings().CIMDAdmission) },
		Logo:      logos.Take, Traces: d.Traces, Uses: d.Uses, Log: d.Log, Now: d.Now,
	}
}

// DocumentPolicy is what the settings say about metadata documents. exempt is the guard's exceptions.
func DocumentPolicy(now settings.Settings, exempt func(hostport string) bool) cimd.Policy {
	return cimd.Policy{
		NeedName: now.CIMDProfile == "mcp", RedirectHosts: now.CIMDRedirectHosts, ForeignKeys: now.CIMDForeignKeys,
		ConfidentialOnly: now.CIMDConfidentialOnly, Query: now.CIMDQuery, Exempt: exempt, Registry: RegistryPolicy(now),
	}
}

// RegistryPolicy is what the settings say about applications.
func RegistryPolicy(now settings.Settings) registry.Policy {
	return registry.Policy{
		WildcardRedirects: now.WildcardRedirects, LocalhostPort: now.LocalhostPort,
		Lifetimes: registry.Lifetimes{APIToken: now.APITokenLifetime, IDToken: now.IDTokenLifetime, Refresh: now.RefreshLifetime, RefreshIdle: now.RefreshIdleLifetime},
	}
}

func (s *Server) policy() registry.Policy { return RegistryPolicy(s.settings.Current()) }

// WayOut is the one client for everything that is fetched in the name of issuer. It says who asks, and never calls the server
// itself. RFC 9110 §10.1.5.
func WayOut(o outbound.Options, issuer string) *outbound.Client {
	o.UserAgent = "Clientele (+" + issuer + ")"
	o.Own = append(o.Own, outbound.OwnHost(issuer))
	return outbound.New(o)
}

// changed makes the caches of this process forget a thing that was written.
func (s *Server) changed(kind, id string) {
	s.directory.Forget(kind, id)
	s.documents.Forget(kind)
}

// Documents is what the server knows of clients with a URL.
func (s *Server) Documents() *cimd.Service { return s.documents }

// Traces are why clients were refused.
func (s *Server) Traces() *audit.Traces { return s.traces }
