package demo

import (
	"net/http"
	"sync"
)

// session is one browser at the sample client.
type session struct {
	State, Nonce, Verifier string
	Tokens                 *Tokens
}

// sessions is a small store in memory: a sample client for one person needs no more.
type sessions struct {
	mu  sync.Mutex
	all map[string]*session
}

const (
	sessionCookie = "sample_client"
	maxSessions   = 100
)

func (s *sessions) start(w http.ResponseWriter) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= maxSessions {
		s.all = map[string]*session{}
	}
	id, made := random(), &session{}
	s.all[id] = made
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return made
}

func (s *sessions) of(r *http.Request) *session {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[cookie.Value]
}

func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		delete(s.all, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
