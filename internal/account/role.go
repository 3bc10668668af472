package account

// Action is what a role allows or does not.
type Action string

// The actions that dashboard and command line distinguish.
const (
	ActView            Action = "view"             // look at anything but secrets
	ActEdit            Action = "edit"             // applications, APIs, grants, people, their secrets
	ActManageOperators Action = "manage_operators" // make, change and remove users with a role
	ActManageInstance  Action = "manage_instance"  // settings, signing keys
)

// May reports whether an operator with this role may do a. No role may do nothing.
func (r Role) May(a Action) bool {
	switch r {
	case Owner:
		return a == ActView || a == ActEdit || a == ActManageOperators || a == ActManageInstance
	case Editor:
		return a == ActView || a == ActEdit
	case Viewer:
		return a == ActView
	}
	return false
}

// Known reports whether r is one of the roles, none included.
func (r Role) Known() bool { return r == NoRole || r.Operator() }

// Operator reports whether r is the role of somebody who runs this instance.
func (r Role) Operator() bool { return r == Owner || r == Editor || r == Viewer }
