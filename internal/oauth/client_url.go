package oauth

// ClientURL is a Client Identifier URL: an https URL that is the identity of a client and the place of its metadata
// document. It is kept and compared as it was written.
type ClientURL struct {
	raw, host, port, path string
}

// String is the URL as it was written.
func (u ClientURL) String() string { return u.raw }

// Host is the host, in ASCII, without port.
func (u ClientURL) Host() string { return u.host }

// IsZero reports whether u is no URL at all.
func (u ClientURL) IsZero() bool { return u.raw == "" }
