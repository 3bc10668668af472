package server

import (
	"net/http"

	"clientele/internal/authorize"
	"clientele/internal/signin"
)

// peopleRooms mounts the two rooms that hand a person to each other: the authorization endpoint, and the pages for sign-in
// and consent.
func (s *Server) peopleRooms(mux *http.ServeMux) {
	people := &signin.Handler{
		Issuer: s.public.Issuer, People: s.accounts, Clients: s.directory, Store: s.store, Keys: s.keys,
		Settings: s.settings.Current, Site: s.site, Uses: s.uses, Log: s.log, Now: s.now,
	}
	requests := &authorize.Handler{
		Issuer: s.public.Issuer, Clients: s.directory, Store: s.store, Sessions: people, Tokens: s.signing, Keys: s.keys,
		Settings: s.settings.Current, Site: s.site, Uses: s.uses, Log: s.log, Now: s.now,
	}
	people.Requests = requests
	people.Mount(mux)
	requests.Mount(mux)
}
