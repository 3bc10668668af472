package signin

import (
	"net/url"

	"clientele/internal/oauth"
)

// to is the sentence under a title that says where the person goes on to. What nobody here knows yet has no name.
func to(app, request string) string {
	switch {
	case app != "":
		return "to continue to " + app
	case request != "":
		return "Which application sent you is shown after that."
	}
	return ""
}

func (f signInForm) title() string {
	if f.again {
		return "Sign in once more"
	}
	return "Sign in"
}

func (f signInForm) lead() string {
	if f.only {
		return "You are an operator here, and this instance asks operators for a passkey before they change how they sign in. Use yours."
	}
	if f.again {
		return "Your last sign-in is older than 5 minutes, and this changes how you sign in."
	}
	return to(f.app, f.request)
}

// autocomplete lets the browser offer passkeys in the list of addresses it knows. Web Authentication Level 3 §5.8.2.
func (f signInForm) autocomplete() string {
	if f.passkey {
		return "username webauthn"
	}
	return "username"
}

// unless is help under a field, which an error takes the place of.
func unless(fault, help string) string {
	if fault != "" {
		return ""
	}
	return help
}

// link is a page of ours with the request that waits.
func link(path, request string) string {
	if request == "" {
		return path
	}
	return path + "?" + url.Values{"request": {request}}.Encode()
}

// title names who asks by what cannot be faked.
func (v consentView) title() string { return v.asks().String() + v.wants() }

// asks is the host that asks; empty for a program on the device of the person, and for a run of Try it, which no host asks for.
func (v consentView) asks() oauth.ShownHost {
	switch {
	case v.caller != nil:
		return v.caller.host
	case v.web && !v.trial:
		return v.place
	}
	return oauth.ShownHost{}
}

func (v consentView) wants() string {
	switch {
	case v.trial && v.caller == nil:
		return "“" + v.app + "” wants access"
	case v.confirm:
		return "A program on this device wants to sign you in"
	case v.asks() == oauth.ShownHost{}:
		return "A program on this device wants access"
	}
	return " wants access"
}

func (v consentView) after() string {
	if v.confirm {
		return "After you continue,"
	}
	return "After you allow,"
}

// behind ends the sentence about where the person goes.
func (v consentView) behind() string {
	switch {
	case !v.web:
		return " on this device."
	case v.caller != nil && v.caller.elsewhere && !v.caller.foreign:
		return ", another address of " + v.place.Domain + "."
	}
	return "."
}

// checked says who answers for a client that is known by a URL.
func (v consentView) checked() string {
	switch {
	case !v.caller.stranger:
		return "It does not belong to " + v.instance + ", which let it in."
	case v.caller.unused:
		return "Nobody at " + v.instance + " has checked it, and nobody here has used it before."
	}
	return "Nobody at " + v.instance + " has checked it."
}

func (v consentView) allowLabel() string {
	if v.confirm {
		return "Continue"
	}
	return "Allow"
}

func (v consentView) denyLabel() string {
	if v.confirm {
		return "Cancel"
	}
	return "Deny"
}
