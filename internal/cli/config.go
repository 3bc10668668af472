package cli

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"

	"clientele/internal/server"
)

// Globals are the flags that every verb shares: where things are kept, and under which name the server is known.
type Globals struct {
	Data      string `help:"Directory for the database, the master key and nothing else." default:"./clientele-data" env:"CLIENTELE_DATA" placeholder:"DIR"`
	Database  string `help:"SQLite file or postgres:// URL. Default: clientele.db in the data directory." env:"CLIENTELE_DATABASE" placeholder:"DSN"`
	MasterKey string `help:"File with the master key. Default: master.key in the data directory. Back it up apart from the database." env:"CLIENTELE_MASTER_KEY" placeholder:"FILE"`
	PublicURL string `help:"Address under which people and applications reach the server; becomes the issuer. Default: http://localhost with the port of --listen; for every verb but serve, what serve was started with last." env:"CLIENTELE_PUBLIC_URL" placeholder:"URL"`
	Listen    string `help:"Address and port to listen on." default:"127.0.0.1:8080" env:"CLIENTELE_LISTEN" placeholder:"HOST:PORT"`

	OutboundAllow []string `help:"Let this one host be called although its address, name or port is not public. Repeatable." env:"CLIENTELE_OUTBOUND_ALLOW" placeholder:"HOST[:PORT]=CIDR"`
	OutboundCA    string   `name:"outbound-ca" help:"PEM file with authorities that may prove the hosts that are called, beside those of the machine." env:"CLIENTELE_OUTBOUND_CA" placeholder:"FILE"`
	OutboundNAT64 bool     `name:"outbound-nat64" help:"This machine has IPv6 only and reaches IPv4 hosts behind 64:ff9b::/96: judge such an address by the IPv4 address in it." env:"CLIENTELE_OUTBOUND_NAT64"`

	warnings io.Writer // for what a verb has to say beside its work; nil: nobody reads it
}

// database is the DSN in use, and whether it is a file of ours.
func (g *Globals) database() (dsn string, file bool) {
	switch {
	case g.Database == "":
		return filepath.Join(g.Data, "clientele.db"), true
	case strings.HasPrefix(g.Database, "postgres://"), strings.HasPrefix(g.Database, "postgresql://"):
		return g.Database, false
	}
	return g.Database, true
}

// describe names the database without its password.
func (g *Globals) describe() string {
	dsn, file := g.database()
	if file {
		return dsn
	}
	scheme, rest, _ := strings.Cut(dsn, "://")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + rest
}

func (g *Globals) masterKey() string {
	if g.MasterKey != "" {
		return g.MasterKey
	}
	return filepath.Join(g.Data, "master.key")
}

// publicURL is --public-url, or what follows from --listen.
func (g *Globals) publicURL(tls bool) (server.PublicURL, error) {
	if g.PublicURL != "" {
		return server.ParsePublicURL(g.PublicURL)
	}
	host, port, err := net.SplitHostPort(g.Listen)
	if err != nil {
		return server.PublicURL{}, fmt.Errorf("--listen %q is not HOST:PORT, as in 127.0.0.1:8080", g.Listen)
	}
	if !server.LoopbackHost(host) {
		return server.PublicURL{}, fmt.Errorf("--listen %s can be reached from other machines, so the server must know its own name: add --public-url https://…", g.Listen)
	}
	scheme := "http"
	if tls {
		scheme = "https"
	}
	return server.ParsePublicURL(scheme + "://" + net.JoinHostPort("localhost", port))
}

// issuer is the issuer as the flags say it, for verbs that work beside a server that never ran.
func (g *Globals) issuer() (string, error) {
	public, err := g.publicURL(false)
	return public.Issuer, err
}

// checkListener refuses a plain http listener that other machines can reach, unless a proxy that ends TLS was named.
func (c *ServeCmd) checkListener(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	switch {
	case err != nil:
		return fmt.Errorf("--listen %q is not HOST:PORT, as in 127.0.0.1:8080", listen)
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return fmt.Errorf("--tls-cert and --tls-key go together: a certificate without its key (or the other way round) serves nobody")
	case c.TLSCert != "" || server.LoopbackHost(host) || c.TrustedProxies != "":
		return nil
	}
	return fmt.Errorf("--listen %s takes plain http from other machines: passwords and tokens would travel in clear. "+
		"Either give a certificate (--tls-cert, --tls-key), or listen on 127.0.0.1, or name the proxy that ends TLS (--trusted-proxies)", listen)
}

// logger makes the log of the server from --log-format and --log-level.
func (c *ServeCmd) logger(out *Output) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong checked the names
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out.Err, options))
	}
	return slog.New(slog.NewTextHandler(out.Err, options))
}
