package activity

import (
	"maps"
	"slices"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

func lineOfUse(u *audit.Use, names map[string]string) LogLine {
	l := LogLine{At: u.At, Icon: kindIcon(u.Kind), Words: u.Kind, Reason: u.Reason, Reference: u.Reference}
	if word, known := useWords[u.Kind]; known {
		l.Words, l.Kind = word.words, word.kind
	}
	var grave ui.Meaning
	if l.Reason, grave = reasonOf(u.Reason); grave != "" {
		l.Kind = grave
	}
	person, application := nameOf(names, u.UserID), nameOf(names, u.ApplicationID)
	switch {
	case u.ApplicationID != "":
		l.Subject, l.Link = application, linkIfNamed(names, u.ApplicationID, ApplicationLink)
		if u.UserID != "" {
			l.By, l.Other, l.OtherLink = "for", person, linkIfNamed(names, u.UserID, personLink)
		}
		if u.Kind == "trial.begun" {
			l.By = "by"
		}
	case u.UserID != "":
		l.Subject, l.Link = person, linkIfNamed(names, u.UserID, personLink)
	case strings.HasPrefix(u.Kind, "signin."):
		l.Subject = "Somebody"
	default:
		l.Subject = "An unknown application"
		if id := u.Detail["client_id"]; id != "" {
			l.Subject = clientName(id)
		}
	}
	l.Aside = strings.TrimSpace(u.Detail["grant_type"] + " " + u.Detail["audience"])
	l.fact("From", u.Address)
	for _, key := range slices.Sorted(maps.Keys(u.Detail)) {
		l.fact(fieldName(key), u.Detail[key])
	}
	l.fact("Callback URL", u.URI)
	l.fact("Secret or key", u.SecretID)
	l.fact("Grant", u.GrantID)
	l.fact("Kind", u.Kind)
	return l
}

func lineOfTrace(t *audit.Trace, names map[string]string) LogLine {
	l := LogLine{
		At: t.At, Icon: "alert", Kind: ui.Danger, Subject: traceClient(t), Words: "was refused " + doorWord(t.Door), Reason: traceTitle(t),
		Reference: t.Reference, Repeats: t.Repeats,
	}
	if waits(t) {
		l.Kind, l.Words = ui.Warn, "was asked to wait"
	}
	if names[t.ApplicationID] != "" {
		l.Subject, l.Link = names[t.ApplicationID], ApplicationLink(t.ApplicationID)
	}
	if l.Subject == "" {
		l.Subject = "An unknown application"
	}
	if t.UserID != "" {
		l.By, l.Other, l.OtherLink = "for", nameOf(names, t.UserID), linkIfNamed(names, t.UserID, personLink)
	}
	l.fact("Client ID", t.ClientID)
	l.fact("From", t.Address)
	l.fact("Value", t.Value)
	l.fact("What to change", frame.Capital(t.Mend))
	l.fact("Written in", t.Spec)
	return l
}

// waits reports whether nothing failed: an operator has to decide.
func waits(t *audit.Trace) bool {
	return t.Rule == "admission_waiting"
}
