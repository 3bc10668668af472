package documents

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// failingWords say how often and why the document could not be fetched.
func failingWords(a *registry.Application) string {
	n := strconv.Itoa(a.Import.Failures) + " times in a row"
	if a.Import.Failures == 1 {
		n = "once"
	}
	return n + ", " + frame.FailureWord(a.Import.Failure) + ","
}

// broughtWords say who brought the application here.
func broughtWords(a *registry.Application) string {
	switch {
	case a.Import.By == registry.ByOperator && a.CreatedBy != "":
		return "an operator: " + a.CreatedBy
	case a.Import.By == registry.ByOperator:
		return "an operator"
	case a.Import.Rule != "":
		return "itself, let in by the rule " + a.Import.Rule
	}
	return "itself: unknown applications are let in"
}

// documentLinks are the pages that a document names. They are shown, not linked: nobody here checked where they lead.
func documentLinks(a *registry.Application) []ui.Link {
	var list []ui.Link
	for _, l := range []ui.Link{
		{Label: "Home page", Href: a.Import.ClientURI},
		{Label: "Terms", Href: a.Import.TermsURI},
		{Label: "Privacy policy", Href: a.Import.PolicyURI},
		{Label: "Keys are at", Href: a.Import.JWKSURI},
	} {
		if l.Href != "" {
			list = append(list, l)
		}
	}
	return list
}

// machineWords say what the switch for client_credentials does for this application.
func machineWords(a *registry.Application) string {
	switch {
	case !a.Accepts(oauth.AuthPrivateKeyJWT):
		return "It has no key to prove itself with, so it could not use this."
	case a.Allows(oauth.ClientCredentials):
		return "The document asks for it, and it is in force."
	}
	return "It counts only if the document asks for it, too. Which API it may then call is set under APIs."
}

// machineLocked reports whether the switch could change nothing: it is off, and there is no key to act with.
func machineLocked(a *registry.Application) bool {
	return !a.Accepts(oauth.AuthPrivateKeyJWT) && !a.Import.ClientCredentials
}

func lockedOptions(v *frame.Visit, options []ui.Option) []ui.Option {
	list := append([]ui.Option(nil), options...)
	for i := range list {
		list[i].Disabled = !v.CanEdit()
	}
	return list
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func versionOptions(list []registry.DocumentVersion) []ui.Option {
	options := make([]ui.Option, len(list))
	for i, version := range list {
		n := strconv.FormatInt(version.Version, 10)
		options[i] = ui.Option{Value: n, Label: "Version " + n + " of " + version.At.UTC().Format("2 Jan 2006, 15:04")}
	}
	return options
}

// fromVersion and toVersion are what the form compares: what was chosen, or else the newest with the one before.
func fromVersion(t documentTab) int64 {
	if t.From != 0 || len(t.Versions) < 2 {
		return t.From
	}
	return t.Versions[1].Version
}

func toVersion(t documentTab) int64 {
	if t.To != 0 || len(t.Versions) < 2 {
		return t.To
	}
	return t.Versions[0].Version
}

func versionMeaning(s registry.VersionStatus) ui.Meaning {
	switch s {
	case registry.VersionApproved:
		return ui.Good
	case registry.VersionWaiting:
		return ui.Warn
	}
	return ui.Neutral
}

func versionWord(a *registry.Application, version registry.DocumentVersion) string {
	switch {
	case version.Version == a.Import.Approved.Version:
		return "in force"
	case version.Status == registry.VersionWaiting:
		return "waits for approval"
	case version.Status == registry.VersionReplaced:
		return "replaced"
	}
	return "approved"
}

// versionFacts are who approved a version, and where it came from.
func versionFacts(version registry.DocumentVersion) string {
	var list []string
	if version.By != "" {
		list = append(list, "approved by "+version.By)
	}
	if version.Address != "" {
		list = append(list, "from "+version.Address)
	}
	list = append(list, sizeWords(len(version.Body)))
	return "· " + strings.Join(list, " · ")
}

// prettyJSON is a document as people read it; what is no JSON stays as it is.
func prettyJSON(body []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		return string(body)
	}
	return out.String()
}
