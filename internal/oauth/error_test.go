package oauth

import (
	"errors"
	"testing"
)

func TestTheCauseOfAnErrorStaysPrivate(t *testing.T) {
	cause := errors.New("row 17 is locked")
	plain := InvalidGrant("the code has expired")
	e := plain.Because(cause)
	if e.Description != "the code has expired" || e.Code != CodeInvalidGrant {
		t.Errorf("the public words are %q %q", e.Code, e.Description)
	}
	if !errors.Is(e, cause) || e.Error() != "invalid_grant: the code has expired (row 17 is locked)" {
		t.Errorf("the log reads %q", e.Error())
	}
	if plain.Unwrap() != nil {
		t.Error("Because changed the error it was called on")
	}
}
