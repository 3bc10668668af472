package server

import (
	"net/http"

	"clientele/internal/authorize"
	"clientele/internal/cimd"
	"clientele/internal/clientauth"
	"clientele/internal/dashboard"
	"clientele/internal/dashboard/frame"
	settingpages "clientele/internal/dashboard/settings"
	"clientele/internal/dashboard/tools"
	"clientele/internal/discovery"
	"clientele/internal/management"
	"clientele/internal/signin"
	"clientele/internal/token"
	"clientele/internal/ui"
	"clientele/internal/userinfo"
)

// room is a door: it puts its routes on the mux.
type room interface{ Mount(mux *http.ServeMux) }

// rooms puts every room on one mux. It fails if two rooms contradict each other about what the server can do.
func (s *Server) rooms() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.public.Prefix+"/dashboard", http.StatusSeeOther)
	})
	ui.Mount(mux, s.site)
	board := s.dashboardRoom()
	protocol, metadata := s.protocolRooms(board)
	for _, r := range append(protocol, s.managementRoom(), board) {
		r.Mount(mux)
	}
	return mux, metadata.Check()
}

// protocolRooms are the doors that clients and people's browsers come to. Discovery asks the others what they can do. The
// dashboard's runs of Try it go through the real ones: the request asks the board whose run it is, and the board asks the others
// what its application would get.
func (s *Server) protocolRooms(board *dashboard.Dashboard) ([]room, *discovery.Handler) {
	pages, requests := s.signinRoom()
	requests.Trials = board
	tokens := s.tokenRoom()
	info := s.userinfoRoom()
	metadata := &discovery.Handler{
		Issuer: s.public.Issuer, Keys: s.signing, ClientURLs: s.documents.Advertised, Log: s.log,
		Rooms: []discovery.Room{requests, tokens, info},
	}
	board.Trials.Tokens, board.Trials.UserInfo, board.Metadata = tokens, info, metadata
	return []room{requests, pages, tokens, info, metadata}, metadata
}

// signinRoom makes the two rooms that send people to each other: the pages know which request waits, the requests who is
// signed in.
func (s *Server) signinRoom() (*signin.Handler, *authorize.Handler) {
	pages := &signin.Handler{
		Issuer: s.public.Issuer, People: s.accounts, Resets: s.accounts, Passkeys: s.accounts, Own: s.accounts, Clients: s.directory, Store: s.store, Logos: s.store, Consents: s.store, Keys: s.keys,
		Settings: s.settings.Current, Site: s.site, Uses: s.uses, Log: s.log, Now: s.now,
	}
	requests := &authorize.Handler{
		Issuer: s.public.Issuer, Clients: s.directory, URLs: s.documents, Exempt: s.outbound.Exempt, Store: s.store, Sessions: pages,
		Keys: s.keys, Tokens: s.signing, Policy: s.policy, Settings: s.settings.Current, Site: s.site, Uses: s.uses, Traces: s.traces, Log: s.log, Now: s.now,
	}
	pages.Requests = requests
	return pages, requests
}

func (s *Server) tokenRoom() *token.Handler {
	return &token.Handler{
		Issuer: s.public.Issuer, Directory: s.directory, Store: s.store, Users: s.accounts, Signer: s.signing, Keys: s.keys,
		Clients: &clientauth.Authenticator{
			Issuer: s.public.Issuer, Clients: s.documents, Keys: s.keys, Once: s.store, Fetcher: s.documents, Now: s.now, Uses: s.uses, Traces: s.traces,
		},
		Policy: s.policy, Settings: s.settings.Current, Uses: s.uses, Traces: s.traces, Now: s.now, Log: s.log,
	}
}

func (s *Server) userinfoRoom() *userinfo.Handler {
	return &userinfo.Handler{
		Issuer: s.public.Issuer, Grants: s.store, Applications: s.directory, Users: s.accounts, Verifier: s.signing, Keys: s.keys,
		Now: s.now, Log: s.log,
	}
}

func (s *Server) managementRoom() *management.API {
	return &management.API{
		Issuer: s.public.Issuer, Registry: s.registry, Documents: s.documents, Clients: s.directory, Keys: s.signing, Now: s.now, Log: s.log,
		Advisor: s.advisor,
	}
}

func (s *Server) dashboardRoom() *dashboard.Dashboard {
	return &dashboard.Dashboard{
		Base: frame.Base{
			Issuer: s.public.Issuer, Site: s.site, Registry: s.registry, Accounts: s.accounts, Settings: s.settings, Keys: s.keys, Store: s.store, Now: s.now, Log: s.log,
		},
		Concerns: s.store, Events: s.store, Tokens: s.store, APIs: s.store, People: s.store, Documents: s.documents, Outbound: s.outbound, Logos: s.logos(),
		Signing: s.signing, Advisor: s.advisor,
		Trials: tools.Trials{Store: s.store, Directory: s.directory, Uses: s.uses},
	}
}

// logos keeps the pictures that operators bring.
func (s *Server) logos() *settingpages.Logos {
	kept := &cimd.Logos{Store: s.store, Now: s.now}
	return &settingpages.Logos{Keep: kept.Keep, Read: s.store.Logo}
}

// site is what pages show of the instance.
func (s *Server) site() ui.Site {
	now := s.settings.Current()
	return ui.Site{Base: s.public.Prefix, Name: now.InstanceName, LogoURL: now.LogoURL, Accent: now.Accent}
}
