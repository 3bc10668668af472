package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// tlsCheckEvery is how often at most the certificate files are looked at.
const tlsCheckEvery = 5 * time.Second

// certificate is a pair of files that is read again when either changed, so that a renewal needs no restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time // the newer modification time of the two when pair was read
	checked time.Time
}

// LoadTLS makes a TLS configuration from PEM files. Any host name goes: which names are served is the certificate's affair.
// A change of the files is picked up within seconds; files that cannot be read or do not match leave the old pair in use.
func LoadTLS(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	changed, err := c.modified()
	if err != nil {
		return nil, fmt.Errorf("reading the TLS certificate: %w", err)
	}
	if err := c.load(changed); err != nil {
		return nil, fmt.Errorf("reading the TLS certificate: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.checked) < tlsCheckEvery {
		return c.pair, nil
	}
	c.checked = now
	changed, err := c.modified()
	if err == nil && !changed.Equal(c.changed) {
		err = c.load(changed)
	}
	if err != nil {
		c.log.Error("the TLS certificate could not be read again; the one before stays in use", slog.Any("error", err))
	}
	return c.pair, nil
}

func (c *certificate) load(changed time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair, c.changed, c.checked = &pair, changed, time.Now()
	return nil
}

func (c *certificate) modified() (time.Time, error) {
	var newest time.Time
	for _, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return time.Time{}, err
		}
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest, nil
}
