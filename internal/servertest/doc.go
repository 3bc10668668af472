// Package servertest is a whole server for tests: the real rooms on a real store, without a port and without anything in
// the background, so that a test sees what happened as soon as the answer is there.
//
//	s := servertest.New(t)
//	app, secret := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: …})
//	b := s.Browser()
//	b.SignIn("ada@example.com", password)
//	answer := b.Authorize(url.Values{"client_id": {app.ID}, …})
//
// The store is a throw-away SQLite one; Each runs a test on every engine, and WithStore takes any store.
package servertest
