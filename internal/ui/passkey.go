package ui

// PasskeyForm asks the browser for a passkey, or for a new one, and sends what it answers as the fields state and answer. It shows
// only where scripts run and the browser has passkeys; its children are further fields.
type PasskeyForm struct {
	Action  string // root path of ours
	From    string // where options and state come from; empty if they are given
	Options string // JSON
	State   string
	Create  bool // a new one
	Label   string
	Kind    Emphasis
	Wide    bool
}

func (p PasskeyForm) does() string {
	if p.Create {
		return "create"
	}
	return "get"
}
