package settings

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/signing"
	"clientele/internal/ui"
)

const keysPath = "/dashboard/settings/keys"

// movedKeys leads from where the page was to where it is.
func (d *Pages) movedKeys(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	http.Redirect(w, r, d.Path(keysPath), http.StatusMovedPermanently)
	return nil
}

func (d *Pages) listKeys(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	keys := d.Signing.List()
	order := map[signing.State]int{signing.Current: 0, signing.Next: 1, signing.Previous: 2, signing.Revoked: 3}
	slices.SortStableFunc(keys, func(a, b signing.StoredKey) int {
		if a.State != b.State {
			return order[a.State] - order[b.State]
		}
		return b.CreatedAt.Compare(a.CreatedAt)
	})
	apps, err := d.Registry.Applications(r.Context(), registry.Query{Limit: 1, Total: true})
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, keysPage(v, keyList{Keys: keys, Applications: apps.Total, Asked: r.URL.Query().Get("revoke")}))
}

// keyList is what the page shows.
type keyList struct {
	Keys         []signing.StoredKey
	Applications int
	Asked        string // id of the key whose revocation is asked about on the page itself, where no dialog opens
}

// asked is the key that the page asks about, if it can be revoked.
func (l keyList) asked() (signing.StoredKey, bool) {
	for _, k := range l.Keys {
		if k.ID == l.Asked && revocable(k) {
			return k, true
		}
	}
	return signing.StoredKey{}, false
}

// revocable reports whether revoking the key ends something: one that signs is rotated out in the same step.
func revocable(k signing.StoredKey) bool {
	return k.State == signing.Current || k.State == signing.Previous
}

func revokePath(k signing.StoredKey) string { return keysPath + "?revoke=" + k.ID }

// revokeStops are what stops working with a key.
func revokeStops(k signing.StoredKey, applications int) []string {
	list := []string{"Every access token and ID token that it signed stops verifying, with most verifiers within the hour."}
	if applications > 0 {
		again := ": with a refresh token at once, else by letting people sign in again."
		list = append(list, frame.CountWords(applications, "application has to get new tokens", "applications have to get new tokens")+again)
	}
	list = append(list, "Its private part is destroyed. There is no way back.")
	if k.State == signing.Current {
		return append([]string{"The next key signs from now on, and another next one is made."}, list...)
	}
	return list
}

// revokeConfirm asks before a key is revoked, alone or with the rotation that has to come first.
func revokeConfirm(k signing.StoredKey, applications int) ui.Confirm {
	c := ui.Confirm{
		Action: keysPath + "/revoke", Fields: []ui.Hidden{{Name: "kid", Value: k.ID}, {Name: "sure", Value: "yes"}},
		Text: "For one that may be in the wrong hands: the " + string(k.Algorithm) + " key " + k.ID + ".", Stops: revokeStops(k, applications), Button: "Revoke key", Back: keysPath,
	}
	if k.State == signing.Current {
		c.Action, c.Button = keysPath+"/rotate", "Rotate and revoke"
		c.Fields = []ui.Hidden{{Name: "algorithm", Value: string(k.Algorithm)}, {Name: "revoke", Value: k.ID}}
	}
	return c
}

// rotateKey makes the next key the current one. The one before stays published until its tokens have ended.
func (d *Pages) rotateKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	algorithm := signing.Algorithm(r.PostForm.Get("algorithm"))
	if !slices.Contains(d.Signing.Algorithms(), algorithm) {
		return d.Sent(w, r, keysPath, ui.Danger, "There is no key of this algorithm to rotate.")
	}
	was, revoke := d.currentKey(algorithm), r.PostForm.Get("revoke")
	if revoke != "" && revoke != was {
		return d.Sent(w, r, keysPath, ui.Warn, "Somebody else rotated in the meantime. Nothing was changed; look at the keys before you go on.")
	}
	_, err := d.Signing.Rotate(r.Context(), v.Actor(), algorithm)
	if errors.Is(err, signing.ErrConflict) {
		return d.Sent(w, r, keysPath, ui.Warn, "Somebody else rotated in the same moment. Look at the keys before you go on.")
	}
	if err != nil {
		return err
	}
	if revoke != "" {
		if err := d.Signing.Revoke(r.Context(), v.Actor(), was); err != nil && !errors.Is(err, signing.ErrNotFound) {
			return err
		}
		return d.Done(w, r, keysPath, "Rotated and revoked. Tokens of the key before stop verifying once verifiers fetch the keys again.")
	}
	return d.Done(w, r, keysPath, "Rotated. New tokens are signed with the new key; the one before stays published for those that are out.")
}

// revokeKey takes a key out of the published set, so that every token it signed stops verifying.
func (d *Pages) revokeKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	kid := r.PostForm.Get("kid")
	if r.PostForm.Get("sure") == "" {
		http.Redirect(w, r, d.Path(keysPath+"?revoke="+url.QueryEscape(kid)), http.StatusSeeOther) // it says what stops, and asks
		return nil
	}
	err := d.Signing.Revoke(r.Context(), v.Actor(), kid)
	if errors.Is(err, signing.ErrConflict) {
		return d.Sent(w, r, keysPath, ui.Warn, "Somebody else changed the keys in the same moment. Look at them before you go on.")
	}
	if errors.Is(err, signing.ErrCurrent) || errors.Is(err, signing.ErrNotFound) {
		return d.Sent(w, r, keysPath, ui.Danger, "The key was not revoked: it signs now, or it is gone. Rotate first.")
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, keysPath, "Revoked. Tokens it signed no longer verify once verifiers fetch the keys again.")
}

// currentKey is the id of the key that signs with the algorithm; empty if there is none.
func (d *Pages) currentKey(algorithm signing.Algorithm) string {
	for _, k := range d.Signing.List() {
		if k.Algorithm == algorithm && k.State == signing.Current {
			return k.ID
		}
	}
	return ""
}

// keySince is since when a key is in its state.
func keySince(k signing.StoredKey) time.Time {
	switch k.State {
	case signing.Current:
		return k.CurrentAt
	case signing.Previous:
		return k.PreviousAt
	case signing.Revoked:
		return k.RevokedAt
	}
	return k.CreatedAt
}
