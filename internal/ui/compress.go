package ui

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// leastToZip is the size in bytes below which compressing a page saves no packet.
const leastToZip = 1400

// mayZip reports whether the answer to a request may be compressed. The length of a compressed page tells somebody on the wire
// whether a word he had put into it stands there twice (BREACH). So a page is compressed only where nobody else can put words
// into it: when it was read, not posted to, and when no other site had the browser ask. Secrets are shown by answering a POST, so
// they never are.
func mayZip(r *http.Request) bool {
	if r.Method != http.MethodGet || !acceptsGzip(r.Header) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}

// acceptsGzip reports whether the browser reads gzip. RFC 9110 §12.5.3.
func acceptsGzip(h http.Header) bool {
	for _, list := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(list, ",") {
			name, weight, _ := strings.Cut(coding, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, found := strings.CutPrefix(strings.ReplaceAll(strings.TrimSpace(weight), " ", ""), "q=")
			n, err := strconv.ParseFloat(q, 64)
			return !found || err == nil && n > 0
		}
	}
	return false
}

// zip compresses. It answers nothing if that makes it no smaller.
func zip(body []byte, level int) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return nil
	}
	if _, err := z.Write(body); err != nil || z.Close() != nil || out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}
