package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestAPanicAnswersWithAReferenceAndTellsNothingElse(t *testing.T) {
	var log bytes.Buffer
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil))}
	h := s.logged(s.recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the database password is hunter2") })))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "hunter2") {
		t.Errorf("answered %d: %s", rec.Code, rec.Body)
	}
	reference := regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(rec.Body.String())
	if reference == "" || !strings.Contains(log.String(), reference) {
		t.Errorf("the reference %q is not in the log:\n%s", reference, log.String())
	}
}

func TestAPanicAfterTheFirstByteBreaksTheConnection(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	h := s.recovered(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("too late for an error page")
	}))
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("recovered %v", err)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

func TestACertificateThatChangedIsPickedUp(t *testing.T) {
	old, renewed := &tls.Certificate{}, &tls.Certificate{}
	c := &certificate{pair: old, log: slog.New(slog.DiscardHandler), certFile: "/nowhere", keyFile: "/nowhere"}
	if got, err := c.get(nil); err != nil || got != old {
		t.Error("files that cannot be read must leave the pair in use")
	}
	c.pair = renewed
	if got, err := c.get(nil); err != nil || got != renewed {
		t.Error("between two looks at the files the pair in memory serves")
	}
}
