package management

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"clientele/internal/registry"
)

// Conditional makes a change wait for nobody: it is refused if the thing is not at the revision that was read.
type Conditional struct {
	IfMatch string `header:"If-Match" maxLength:"64" doc:"ETag of the answer that the change is made on. An extension of this server."`
}

// etag names a revision. RFC 9110 §8.8.3.
func etag(revision int64) string { return `"r` + strconv.FormatInt(revision, 10) + `"` }

// revision is the one that If-Match names, 0 if any will do. RFC 9110 §13.1.1.
func (c Conditional) revision() (int64, error) {
	if c.IfMatch == "" || c.IfMatch == "*" {
		return 0, nil
	}
	text, quoted := strings.CutPrefix(strings.TrimSuffix(c.IfMatch, `"`), `"r`)
	n, err := strconv.ParseInt(text, 10, 64)
	if !quoted || err != nil || n <= 0 {
		return 0, errMoved
	}
	return n, nil
}

// moved turns a stale revision that the caller named into the status for that.
func (c Conditional) moved(err error) error {
	if c.IfMatch != "" && errors.Is(err, registry.ErrStale) {
		return errMoved
	}
	return err
}

var errMoved = refuse(http.StatusPreconditionFailed, "stale", "Somebody else changed this since it was read. Read it again and repeat the change.")
