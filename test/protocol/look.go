package protocol

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// status N
func (p *player) status(words []string) error {
	if p.response == nil || strconv.Itoa(p.response.StatusCode) != words[0] {
		return fmt.Errorf("the status is not %s", words[0])
	}
	return nil
}

// compare holds got against the words of an expectation: VALUE, or has TEXT.
func compare(what, got string, ok bool, words []string) error {
	if !ok {
		return fmt.Errorf("there is no %s", what)
	}
	if words[0] == "has" && len(words) > 1 {
		if want := strings.Join(words[1:], " "); !strings.Contains(got, want) {
			return fmt.Errorf("%s is %q and does not have %q", what, got, want)
		}
		return nil
	}
	if want := strings.Join(words, " "); got != want {
		return fmt.Errorf("%s is %q, not %q", what, got, want)
	}
	return nil
}

// header NAME VALUE
func (p *player) header(words []string) error {
	values := p.response.Header.Values(words[0])
	return compare("header "+words[0], strings.Join(values, ", "), len(values) > 0, words[1:])
}

// json MEMBER VALUE
func (p *player) json(words []string) error {
	got, ok, err := member(p.body, words[0])
	if err != nil {
		return err
	}
	return compare("member "+words[0], got, ok, words[1:])
}

// body has TEXT
func (p *player) hasBody(words []string) error { return compare("the body", p.body, true, words) }

// jwt TOKEN MEMBER VALUE
func (p *player) jwt(words []string) error {
	got, ok, err := p.claim(words[0], words[1])
	if err != nil {
		return err
	}
	return compare("claim "+words[1], got, ok, words[2:])
}

// claim reads a claim of a token whose signature is ours, or with @ a member of its header.
func (p *player) claim(token, name string) (string, bool, error) {
	head, _, _ := strings.Cut(token, ".")
	header, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return "", false, fmt.Errorf("this is no JWT: %s", token)
	}
	typ, _, err := member(string(header), "typ")
	if err != nil {
		return "", false, err
	}
	claims, err := p.server.Signing.Verify(token, typ)
	if err != nil {
		return "", false, err
	}
	if inHeader, ok := strings.CutPrefix(name, "@"); ok {
		return member(string(header), inHeader)
	}
	return member(string(claims), name)
}

// no WHAT …
func (p *player) no(words []string) error {
	var there bool
	var err error
	switch what := words[0]; {
	case what == "header":
		there = len(p.response.Header.Values(words[1])) > 0
	case what == "json":
		_, there, err = member(p.body, words[1])
	case what == "body" && words[1] == "has" && len(words) > 2:
		there = strings.Contains(p.body, strings.Join(words[2:], " "))
	case what == "jwt" && len(words) == 3:
		_, there, err = p.claim(words[1], words[2])
	default:
		return fmt.Errorf("no is for header, json, jwt, and body has")
	}
	if err == nil && there {
		return fmt.Errorf("it is there")
	}
	return err
}

// keep json MEMBER NAME
func (p *player) keep(words []string) error {
	switch {
	case words[0] == "body" && len(words) == 2:
		p.kept[words[1]] = p.body
		return nil
	case words[0] == "json" && len(words) == 3:
		return p.keepMember(p.body, words[1], words[2])
	case words[0] == "header" && len(words) == 3:
		p.kept[words[2]] = p.response.Header.Get(words[1])
		return nil
	case words[0] == "jwt" && len(words) == 4:
		got, ok, err := p.claim(words[1], words[2])
		if err == nil && !ok {
			return fmt.Errorf("there is no claim %s", words[2])
		}
		p.kept[words[3]] = got
		return err
	}
	return fmt.Errorf("keep is for json, jwt, header and body")
}

func (p *player) keepMember(raw, path, name string) error {
	got, ok, err := member(raw, path)
	if err == nil && !ok {
		return fmt.Errorf("there is no member %s", path)
	}
	p.kept[name] = got
	return err
}

// same A B
func (p *player) same(words []string) error {
	if words[0] != words[1] {
		return fmt.Errorf("%q and %q differ", words[0], words[1])
	}
	return nil
}

// differ A B
func (p *player) differ(words []string) error {
	if words[0] == words[1] {
		return fmt.Errorf("both are %q", words[0])
	}
	return nil
}
