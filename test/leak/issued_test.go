package leak

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// issued collects every secret that leaves the server, as it leaves: cookies, codes and handles in redirects, sealed
// requests in forms, tokens and client secrets in answers.
type issued struct {
	next http.RoundTripper

	mu      sync.Mutex
	secrets map[string]string // value → what it is
}

// minted is what this server's secrets look like in a page.
var minted = regexp.MustCompile(`cl(?:ts|ac|rt|at|ss|su)_[0-9A-Za-z._-]{20,}`)

func (i *issued) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := i.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	for _, c := range resp.Cookies() {
		i.add("cookie "+c.Name, c.Value)
	}
	if to, err := resp.Location(); err == nil {
		i.query(to)
	}
	i.answer(body)
	for _, value := range minted.FindAllString(string(body), -1) {
		i.add("value in a page", value)
	}
	return resp, nil
}

func (i *issued) query(to *url.URL) {
	for name, values := range to.Query() {
		if name == "code" || name == "request" {
			i.add(name+" in a redirect", values[0])
		}
	}
}

func (i *issued) answer(body []byte) {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return
	}
	for _, name := range []string{"access_token", "refresh_token", "id_token", "client_secret"} {
		if text, ok := members[name].(string); ok {
			i.add(name, text)
			if name != "client_secret" {
				i.add("signature of "+name, text[strings.LastIndexByte(text, '.')+1:])
			}
		}
	}
}

// add remembers a secret. Short values are not secrets.
func (i *issued) add(what, value string) {
	if len(value) < 20 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.secrets[value] = what
}
