package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"clientele/internal/account"
	"clientele/internal/server"
	"clientele/internal/settings"
)

// ServeCmd starts the server.
type ServeCmd struct {
	TLSCert        string `name:"tls-cert" help:"PEM file with the certificate chain. A change is picked up without a restart." env:"CLIENTELE_TLS_CERT" placeholder:"FILE"`
	TLSKey         string `name:"tls-key" help:"PEM file with the certificate's key." env:"CLIENTELE_TLS_KEY" placeholder:"FILE"`
	TrustedProxies string `help:"Addresses or blocks of the proxies whose X-Forwarded-For is believed, separated by commas. Default: none." env:"CLIENTELE_TRUSTED_PROXIES" placeholder:"CIDR,…"`
	LogFormat      string `help:"text or json." default:"text" enum:"text,json" env:"CLIENTELE_LOG_FORMAT" placeholder:"FORMAT"`
	LogLevel       string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"CLIENTELE_LOG_LEVEL" placeholder:"LEVEL"`
	Demo           bool   `help:"Start a throw-away server with sample data and a sample client, on this machine only." env:"CLIENTELE_DEMO"`
}

// Run serves until it is told to stop.
func (c *ServeCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if err := c.checkListener(g.Listen); err != nil {
		return err
	}
	if c.Demo {
		return c.demo(ctx, g, out)
	}
	if _, _, err := c.config(g, out); err != nil { // before anything is made
		return err
	}
	k, err := g.keep(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	listener, err := listen(ctx, g.Listen)
	if err != nil {
		return err
	}
	g.Listen = listener.Addr().String() // port 0 has become a port
	s, tlsConfig, err := c.start(ctx, g, k, out)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return s.Run(ctx, server.Listener{Listener: listener, TLS: tlsConfig})
}

// start makes the server, and says where it is.
func (c *ServeCmd) start(ctx context.Context, g *Globals, k *kept, out *Output) (*server.Server, *tls.Config, error) {
	config, tlsConfig, err := c.config(g, out)
	if err != nil {
		return nil, nil, err
	}
	config.Store, config.Master = k.Store, k.Master
	s, err := server.New(ctx, config)
	if err != nil {
		return nil, nil, fmt.Errorf("starting: %w", err)
	}
	return s, tlsConfig, errors.Join(remember(ctx, k, s.Issuer(), out), greet(ctx, s, g, out))
}

// remember keeps the issuer for the verbs that work beside the server, and says so if it is another than before.
func remember(ctx context.Context, k *kept, issuer string, out *Output) error {
	keeper := &settings.Keeper{Store: k.Store, Now: time.Now}
	before, err := keeper.Serve(ctx, osUser(), issuer)
	if err == nil && before != "" && before != issuer {
		out.Notef("The public URL was %s and is %s now: the issuer of tokens and the address of the Management API change with it, and passkeys work at the host they were made at.\n", before, issuer)
	}
	return err
}

// config is what the flags say; the store and the master key are still to come.
func (c *ServeCmd) config(g *Globals, says *Output) (server.Config, *tls.Config, error) {
	log := c.logger(says)
	public, err := g.publicURL(c.TLSCert != "")
	if err != nil {
		return server.Config{}, nil, err
	}
	proxies, err := server.ParseProxies(c.TrustedProxies)
	if err != nil {
		return server.Config{}, nil, err
	}
	var tlsConfig *tls.Config
	if c.TLSCert != "" {
		if tlsConfig, err = server.LoadTLS(c.TLSCert, c.TLSKey, log); err != nil {
			return server.Config{}, nil, err
		}
		if !public.Secure {
			return server.Config{}, nil, fmt.Errorf("the server has a certificate, but --public-url %s is plain http: write https", public.Origin)
		}
	}
	out, err := c.wayOut(g)
	return server.Config{PublicURL: public, Proxies: proxies, Log: log, Outbound: out}, tlsConfig, err
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("something else listens on %s already: stop it, or choose another port with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: ports below 1024 need a right of their own, as in `setcap cap_net_bind_service=+ep clientele`", address)
	}
	return l, err
}

// greet says where the server is, and how to make the first operator until there is one.
func greet(ctx context.Context, s *server.Server, g *Globals, out *Output) error {
	out.Notef("Clientele %s, keeping its data in %s\n", version(), g.describe())
	token, expires, err := s.Accounts().NewSetupLink(ctx)
	switch {
	case errors.Is(err, account.ErrHasOperator):
		out.Notef("Dashboard: %sdashboard\n", s.Issuer())
		return nil
	case err != nil:
		return err
	}
	out.Notef("\nOpen this to create the first operator. It is good once, until %s:\n\n    %s\n\n", expires.Local().Format("15:04"), setupURL(s.Issuer(), token.Reveal()))
	return nil
}
