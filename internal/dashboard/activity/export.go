package activity

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
)

// The bounds of an export: how many lines one answer has, and how many are read at once.
const (
	exportLines = 100_000
	exportPage  = 1000
	exportTime  = 10 * time.Second // for one page to be taken
	exportsMost = 4                // at the same time, by all operators together
)

// exporting is who exports now: an operator one file at a time, whatever the role, and only a few at once, so that looking at
// the log never takes the database from those who sign in. Its zero value is ready.
type exporting struct {
	mu  sync.Mutex
	who map[string]bool
}

// begin reports whether the operator may export now; if so, end must follow.
func (e *exporting) begin(operator string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.who[operator] || len(e.who) >= exportsMost {
		return false
	}
	if e.who == nil {
		e.who = map[string]bool{}
	}
	e.who[operator] = true
	return true
}

func (e *exporting) end(operator string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.who, operator)
}

// exportLine is one line of the log for machines. What is empty is left out.
type exportLine struct {
	At            time.Time           `json:"at"`
	Source        audit.Source        `json:"source"`
	Kind          string              `json:"kind"`
	Sequence      int64               `json:"sequence,omitempty"`
	Actor         *exportActor        `json:"actor,omitempty"`
	Target        *exportTarget       `json:"target,omitempty"`
	Changes       []audit.FieldChange `json:"changes,omitempty"`
	ApplicationID string              `json:"application_id,omitempty"`
	ClientID      string              `json:"client_id,omitempty"`
	UserID        string              `json:"user_id,omitempty"`
	GrantID       string              `json:"grant_id,omitempty"`
	CredentialID  string              `json:"credential_id,omitempty"`
	RedirectURI   string              `json:"redirect_uri,omitempty"`
	Address       string              `json:"address,omitempty"`
	Reference     string              `json:"reference,omitempty"`
	Refused       bool                `json:"refused,omitempty"`
	Reason        string              `json:"reason,omitempty"`
	Rule          string              `json:"rule,omitempty"`
	Failure       string              `json:"failure,omitempty"`
	Value         string              `json:"value,omitempty"`
	Mend          string              `json:"mend,omitempty"`
	Repeats       int                 `json:"repeats,omitempty"`
	Detail        map[string]string   `json:"detail,omitempty"`
}

type exportActor struct {
	Kind    audit.ActorKind `json:"kind"`
	ID      string          `json:"id,omitempty"`
	Name    string          `json:"name,omitempty"`
	Address string          `json:"address,omitempty"`
	Door    string          `json:"door,omitempty"`
}

type exportTarget struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// exportEnd is the last line of an export that is cut: the cursor goes on where it ended.
type exportEnd struct {
	More string `json:"more"`
}

func exported(e audit.Entry) exportLine {
	switch {
	case e.Event != nil:
		c := e.Event
		return exportLine{
			At: e.At, Source: audit.Changes, Kind: c.Kind, Sequence: c.Sequence, Changes: c.Changes,
			Actor:  &exportActor{c.Actor.Kind, c.Actor.ID, c.Actor.Name, c.Actor.Address, c.Actor.Door},
			Target: &exportTarget{c.TargetKind, c.TargetID, c.TargetName},
		}
	case e.Use != nil:
		u := e.Use
		return exportLine{
			At: e.At, Source: audit.Uses, Kind: u.Kind, ApplicationID: u.ApplicationID, UserID: u.UserID, GrantID: u.GrantID, CredentialID: u.SecretID,
			RedirectURI: u.URI, Address: u.Address, Reference: u.Reference, Refused: u.Refused(), Reason: u.Reason, Detail: u.Detail,
		}
	}
	t := e.Trace
	return exportLine{
		At: e.At, Source: audit.Refusals, Kind: "refusal." + t.Door, ApplicationID: t.ApplicationID, ClientID: t.ClientID, UserID: t.UserID,
		Address: t.Address, Reference: t.Reference, Refused: true, Reason: t.Message, Rule: t.Rule, Failure: string(t.Kind), Value: t.Value,
		Mend: t.Mend, Repeats: t.Repeats, Detail: t.Detail,
	}
}

// exportActivity answers with the lines a filter selects, newest first, one JSON object each. They are read and sent page by page,
// so that neither the memory nor the time of an answer grows with the log; after exportLines the last line has the cursor that
// goes on. An operator who exports already is asked to wait.
func (d *Pages) exportActivity(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := filterOf(r, frame.ActivityPath)
	q, err := d.activityQuery(r.Context(), &f)
	if err != nil {
		return err
	}
	if f.hopeless() {
		return v.Write(w, r, http.StatusUnprocessableEntity, activityPage(v, &f, nil, ""))
	}
	if !d.exports.begin(v.User.ID) {
		f.Wrong["export"] = "An export of yours is under way, or others take all the room there is. Wait until it has ended, then export again."
		w.Header().Set("Retry-After", "30")
		return v.Write(w, r, http.StatusTooManyRequests, activityPage(v, &f, nil, ""))
	}
	defer d.exports.end(v.User.ID)
	q.Limit = exportPage
	page, err := d.Events.Activity(r.Context(), q)
	if err != nil {
		return err
	}
	h := w.Header()
	d.Site().SecurityHeaders(h, 0)
	h.Set("Content-Type", "application/jsonl; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="activity-`+v.Now.UTC().Format("20060102-150405")+`.jsonl"`)
	d.sendLines(w, r, q, page)
	return nil
}

// sendLines writes page and those behind it, until there are none or the answer is full. Nobody can be told of trouble any more: the
// answer has begun, so the last line names what is missing, and somebody who is gone needs nothing.
func (d *Pages) sendLines(w http.ResponseWriter, r *http.Request, q audit.ActivityQuery, page audit.ActivityPage) {
	out, sender := json.NewEncoder(w), http.NewResponseController(w)
	out.SetEscapeHTML(false)
	var err error
	for sent := 0; ; {
		_ = sender.SetWriteDeadline(time.Now().Add(exportTime)) // of the connection, not of the server's clock; not every writer can
		for _, e := range page.Entries {
			if out.Encode(exported(e)) != nil {
				return
			}
		}
		_ = sender.Flush()
		if sent += exportPage; page.Next == "" || sent >= exportLines {
			break
		}
		q.After = page.Next
		if page, err = d.Events.Activity(r.Context(), q); err != nil {
			break
		}
	}
	if page.Next != "" || err != nil {
		_ = out.Encode(exportEnd{More: moreOf(page, q)})
	}
}

// moreOf is the cursor of the page that was not sent.
func moreOf(page audit.ActivityPage, q audit.ActivityQuery) string {
	if page.Next != "" {
		return page.Next
	}
	return q.After
}
