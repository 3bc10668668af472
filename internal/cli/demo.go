package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"clientele/internal/demo"
	"clientele/internal/secret"
	"clientele/internal/server"
	"clientele/internal/store"
)

// demo serves a throw-away store with sample data, and beside it the sample client on another host name, until it is told
// to stop. Nothing of it is reachable from other machines, and nothing of it remains.
func (c *ServeCmd) demo(ctx context.Context, g *Globals, out *Output) error {
	host, port, err := net.SplitHostPort(g.Listen)
	switch {
	case err != nil || !server.LoopbackHost(host):
		return fmt.Errorf("--demo prints passwords and is for this machine only: --listen must be a loopback address")
	case g.Database != "" || g.MasterKey != "" || c.TLSCert != "" || c.TrustedProxies != "":
		return errors.New("--demo keeps nothing and serves plain http to this machine: leave out --database, --master-key, --tls-cert and --trusted-proxies")
	}
	main, err := listen(ctx, g.Listen)
	if err != nil {
		return err
	}
	beside, err := listenBeside(ctx, port)
	if err != nil {
		return errors.Join(err, main.Close())
	}
	s, closeStore, err := c.throwaway(ctx, g, main.Addr(), out)
	if err != nil {
		return errors.Join(err, main.Close(), beside.Close())
	}
	defer closeStore()
	origin := "http://" + beside.Addr().String()
	sample, err := demo.Seed(ctx, s.Accounts(), s.Registry(), origin)
	if err != nil {
		return errors.Join(fmt.Errorf("making the sample data: %w", err), main.Close(), beside.Close())
	}
	describeDemo(out, s.Issuer(), origin, sample)
	return serveDemo(ctx, s, main, beside, sampleClient(s, origin, sample))
}

// throwaway makes a server whose store, master key and keys end with it.
func (c *ServeCmd) throwaway(ctx context.Context, g *Globals, at net.Addr, out *Output) (*server.Server, func(), error) {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return nil, nil, fmt.Errorf("%s is not a TCP address", at)
	}
	public := g.PublicURL
	if public == "" {
		public = "http://localhost:" + strconv.Itoa(tcp.Port)
	}
	parsed, err := server.ParsePublicURL(public)
	if err != nil {
		return nil, nil, err
	}
	var key [32]byte
	rand.Read(key[:])
	master, err := secret.NewMaster(key[:])
	if err != nil {
		return nil, nil, err
	}
	kept, err := store.Open(ctx, store.Throwaway)
	if err != nil {
		return nil, nil, err
	}
	closeStore := func() { _ = kept.Close() }
	away, err := c.wayOut(g)
	if err != nil {
		closeStore()
		return nil, nil, err
	}
	s, err := server.New(ctx, server.Config{PublicURL: parsed, Store: kept, Master: master, Log: c.logger(out), Outbound: away})
	if err != nil {
		closeStore()
		return nil, nil, err
	}
	return s, closeStore, nil
}

// listenBeside listens on the port after the server's, or on any free one: on 127.0.0.1, because a browser keeps the cookies
// of localhost and 127.0.0.1 apart, as it does those of two real sites.
func listenBeside(ctx context.Context, port string) (net.Listener, error) {
	if n, err := strconv.Atoi(port); err == nil && n > 0 {
		if l, err := listen(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1))); err == nil {
			return l, nil
		}
	}
	return listen(ctx, "127.0.0.1:0")
}

func sampleClient(s *server.Server, origin string, sample demo.Sample) http.Handler {
	client := &demo.Client{
		Issuer: s.Issuer(), Origin: origin, Audience: demo.Audience,
		Web: sample.Web, SPA: sample.SPA, Native: sample.Native, Machine: sample.Machine,
		HTTP:   &http.Client{Timeout: 10 * time.Second},
		Verify: func(token string) ([]byte, error) { return s.Signing().Verify(token, "at+jwt") },
		Now:    time.Now,
	}
	return client.Handler()
}

func serveDemo(ctx context.Context, s *server.Server, main, beside net.Listener, client http.Handler) error {
	clientServer := &http.Server{Handler: client, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- clientServer.Serve(beside) }()
	err := s.Run(ctx, server.Listener{Listener: main})
	_ = clientServer.Close()
	if clientErr := <-stopped; !errors.Is(clientErr, http.ErrServerClosed) {
		err = errors.Join(err, clientErr)
	}
	return err
}

func describeDemo(out *Output, issuer, origin string, s demo.Sample) {
	out.Notef(`
Clientele, demo: everything below is gone when this stops.

  Sample client   %s/
                  signs a person in and shows the tokens
  Dashboard       %sdashboard

                  E-MAIL                 PASSWORD
  Operator        %-22s %s
  Person          %-22s %s

  API             Orders, %s (read:orders write:orders)

                  CLIENT ID                          SECRET
  Regular web     %s   %s
  Single page     %s   none
  Native          %s   none
  Machine         %s   %s

`, origin, issuer,
		s.Operator.Email, s.Operator.Password.Reveal(), s.Person.Email, s.Person.Password.Reveal(), demo.Audience,
		s.Web.ID, s.Web.Secret.Reveal(), s.SPA.ID, s.Native.ID, s.Machine.ID, s.Machine.Secret.Reveal())
}
