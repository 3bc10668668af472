package protocol

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// player plays one transcript against a server of its own.
type player struct {
	server *servertest.Server
	client *http.Client
	ctx    context.Context //nolint:containedctx // one for all steps
	steps  []step
	files  map[string]string

	apis  map[string]registry.API
	apps  map[string]string // internal ids
	users map[string]string
	keys  map[string]servertest.ClientKey
	email string // of the person who signs in
	kept  map[string]string

	response *http.Response
	body     string
}

func newPlayer(s *servertest.Server, script transcript) *player {
	return &player{
		server: s, client: s.Client(), ctx: context.Background(), steps: script.steps, files: script.files,
		apis: map[string]registry.API{}, apps: map[string]string{}, users: map[string]string{}, keys: map[string]servertest.ClientKey{},
		kept: map[string]string{"url": s.URL, "issuer": s.URL + "/", "verifier": servertest.Verifier, "challenge": servertest.Challenge()},
	}
}

// play plays the transcript up to its first step that fails.
func (p *player) play() error {
	for _, st := range p.steps {
		if err := p.step(st); err != nil {
			return fmt.Errorf("line %d: %w\n\t# %s\n\t%s\n%s", st.line, err, st.comment, strings.Join(st.words, " "), p.last())
		}
	}
	return nil
}

// last is the last answer, for failures.
func (p *player) last() string {
	if p.response == nil {
		return ""
	}
	body := p.body
	if len(body) > 600 {
		body = body[:600] + " …"
	}
	return fmt.Sprintf("\tthe last answer was %d %v\n\t%s", p.response.StatusCode, p.response.Header, body)
}

func (p *player) step(st step) error {
	words := make([]string, len(st.words))
	for i, word := range st.words {
		var err error
		if words[i], err = expand(word, p.kept); err != nil {
			return err
		}
	}
	if words[0] == "request" {
		return p.request(words[1:], st.lines)
	}
	if len(st.lines) > 0 {
		return fmt.Errorf("only a request has indented lines")
	}
	return p.do(words[0], words[1:])
}

func (p *player) do(command string, words []string) error {
	commands := map[string]struct {
		words int // at least
		do    func([]string) error
	}{
		"api": {2, p.api}, "app": {2, p.app}, "permit": {2, p.permit}, "forbid": {2, p.forbid}, "user": {1, p.user},
		"setting": {2, p.setting}, "advance": {1, p.advance}, "update": {2, p.update}, "secret": {2, p.secret},
		"replace": {2, p.replace}, "change": {2, p.changeAPI}, "block": {1, p.block}, "authorize": {1, p.authorize}, "status": {1, p.status},
		"header": {2, p.header}, "json": {2, p.json}, "jwt": {3, p.jwt}, "body": {2, p.hasBody}, "no": {2, p.no}, "keep": {2, p.keep},
		"same": {2, p.same}, "differ": {2, p.differ},
		"key": {1, p.key}, "addkey": {2, p.addKey}, "endkey": {2, p.endKey}, "imported": {2, p.imported}, "document": {2, p.document}, "assert": {3, p.assert},
	}
	c, ok := commands[command]
	if !ok {
		return fmt.Errorf("there is no command %s", command)
	}
	if len(words) < c.words {
		return fmt.Errorf("%s needs %d words", command, c.words)
	}
	return c.do(words)
}

// setting NAME VALUE
func (p *player) setting(words []string) error {
	return p.server.Settings.Set(p.ctx, servertest.Actor, words[0], strings.Join(words[1:], " "))
}

// advance DURATION
func (p *player) advance(words []string) error {
	d, err := time.ParseDuration(words[0])
	p.server.Clock.Advance(d)
	return err
}

// authorize APP NAME=VALUE…
func (p *player) authorize(words []string) error {
	app, err := p.server.Registry.Application(p.ctx, p.apps[words[0]])
	if err != nil {
		return err
	}
	request := url.Values{"client_id": {string(app.ClientID())}}
	if len(app.RedirectURIs) > 0 {
		request.Set("redirect_uri", app.RedirectURIs[0].Value)
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		if name == "scope" {
			value = strings.ReplaceAll(value, "+", " ")
		}
		switch {
		case value == "":
			request[name] = nil
		case name == "resource":
			request.Add(name, value)
		default:
			request.Set(name, value)
		}
	}
	if request.Has("code_challenge") && request.Get("code_challenge") == "" {
		request["code_challenge_method"] = nil
	}
	for _, name := range []string{"code", "error", "error_description", "iss", "state"} {
		delete(p.kept, name) // nothing of the answer before
	}
	for name, values := range p.server.Browser().Authorize(p.email, request) {
		p.kept[name] = values[0]
	}
	return nil
}

// request METHOD PATH
func (p *player) request(words, lines []string) error {
	if len(words) != 2 {
		return fmt.Errorf("request needs a method and a path")
	}
	header, form, body := http.Header{}, url.Values{}, ""
	var order []string
	for _, line := range lines {
		line, err := expand(line, p.kept)
		if err != nil {
			return err
		}
		fields := strings.Fields(line)
		switch {
		case fields[0] == "basic" && len(fields) == 3:
			header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(fields[1])+":"+url.QueryEscape(fields[2]))))
		case fields[0] == "body" && len(fields) == 2:
			if body, err = expand(p.files[fields[1]], p.kept); err != nil {
				return err
			}
		case fields[0] == "fill" && len(fields) == 2:
			n, _ := strconv.Atoi(fields[1])
			order = append(order, "filler="+strings.Repeat("x", max(0, n-len(strings.Join(order, "&"))-8)))
		case isHeader(line):
			name, value, _ := strings.Cut(line, ": ")
			header.Add(name, value)
		default:
			name, value, _ := strings.Cut(line, "=")
			form.Add(name, value)
			order = append(order, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	if body == "" {
		body = strings.Join(order, "&")
	}
	return p.send(words[0], words[1], header, body)
}

// isHeader tells Name: value from name=value.
func isHeader(line string) bool {
	name, _, ok := strings.Cut(line, ": ")
	return ok && !strings.ContainsAny(name, "= ")
}

func (p *player) send(method, path string, header http.Header, body string) error {
	address := path
	if !strings.HasPrefix(path, "http") {
		address = p.server.URL + path
	}
	r, err := http.NewRequestWithContext(p.ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = header
	if body != "" && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	p.response, p.body = resp, string(raw)
	return err
}

// member walks into JSON: a.b, list.0.
func member(raw, path string) (string, bool, error) {
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.UseNumber()
	var at any
	if err := decoder.Decode(&at); err != nil {
		return "", false, fmt.Errorf("this is not JSON: %s", raw)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := at.(type) {
		case map[string]any:
			next, ok := in[name]
			if !ok {
				return "", false, nil
			}
			at = next
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(in) {
				return "", false, nil
			}
			at = in[i]
		default:
			return "", false, nil
		}
	}
	if text, ok := at.(string); ok {
		return text, true, nil
	}
	text, err := json.Marshal(at)
	return string(text), true, err
}
