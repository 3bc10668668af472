package server

import (
	"net/http"

	"clientele/internal/ui"
)

// rooms puts every room on one mux. What a room needs stands in its struct; this is the only place that fills one.
func (s *Server) rooms() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.public.Prefix+"/dashboard", http.StatusSeeOther)
	})
	ui.Mount(mux, s.site)
	s.peopleRooms(mux)
	return mux, nil
}

// site is what pages show of the instance.
func (s *Server) site() ui.Site {
	now := s.settings.Current()
	return ui.Site{Base: s.public.Prefix, Name: now.InstanceName, LogoURL: now.LogoURL, Accent: now.Accent}
}
