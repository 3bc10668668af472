package authorize

import (
	"slices"
	"testing"
)

// The order is part of the contract: which refusal wins, and that no redirect can be refused to before it is proven.
func TestTheChecksStandInThisOrder(t *testing.T) {
	want := []string{
		"page: the request is not too long",
		"page: client_id is there once",
		"page: the client is known",
		"page: the client is enabled",
		"page: the client's metadata document counts",
		"page: redirect_uri is the client's",
		"redirect: no parameter is repeated or garbled",
		"redirect: request, request_uri and registration are not sent",
		"redirect: response_type is code",
		"redirect: response_mode is known",
		"redirect: the client may use codes",
		"redirect: the code is bound by PKCE or nonce",
		"redirect: scope can be read",
		"redirect: prompt can be read",
		"redirect: max_age can be read",
		"redirect: id_token_hint is ours",
		"redirect: resource and audience name APIs",
		"redirect: a third party names one API",
		"redirect: a run of Try it is for no system API",
		"redirect: the client may have what it asks",
	}
	var got []string
	for _, c := range checks {
		switch {
		case c.page != nil && c.redirect == nil:
			got = append(got, "page: "+c.name)
		case c.page == nil && c.redirect != nil:
			got = append(got, "redirect: "+c.name)
		default:
			t.Errorf("%s has not exactly one function", c.name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the checks are\n%q, want\n%q", got, want)
	}
}

func TestEveryCheckOfAuthorizeCountsAtPAR(t *testing.T) {
	for _, c := range checks {
		if c.at&AtAuthorize != 0 && c.at&AtPAR == 0 {
			t.Errorf("%s does not run at the pushed request", c.name)
		}
		if c.at&AtAuthorize == 0 {
			t.Errorf("%s does not run at the authorization endpoint", c.name)
		}
	}
}

// What is decided before anything is fetched for a stranger needs no client, and cannot send anybody anywhere. CIMD-02 §5.
func TestTheseChecksComeBeforeAnUnknownURLIsLookedAt(t *testing.T) {
	want := []string{
		"redirect_uri is the client's", "no parameter is repeated or garbled", "request, request_uri and registration are not sent", "response_type is code",
		"response_mode is known", "the code is bound by PKCE or nonce", "scope can be read", "prompt can be read", "max_age can be read",
	}
	var got []string
	for _, c := range checks {
		if c.early != nil {
			got = append(got, c.name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the early checks are\n%q, want\n%q", got, want)
	}
}
