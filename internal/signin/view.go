package signin

import "net/url"

// to is the sentence under a title that says where the person goes on to.
func to(app string) string {
	if app == "" {
		return ""
	}
	return "to continue to " + app
}

// link is a page of ours with the request that waits.
func link(path, request string) string {
	if request == "" {
		return path
	}
	return path + "?" + url.Values{"request": {request}}.Encode()
}

// wants names who asks by what cannot be faked.
func (v consentView) wants() string {
	switch {
	case v.confirm:
		return "A program on this device wants to sign you in"
	case v.host != "":
		return v.host + " wants access"
	}
	return "A program on this device wants access"
}

func (v consentView) after() string {
	if v.confirm {
		return "After you continue,"
	}
	return "After you allow,"
}

func (v consentView) device() string {
	if v.local {
		return " on this device."
	}
	return "."
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
