package settings

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"clientele/internal/dashboard/frame"
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
	return v.Write(w, r, http.StatusOK, keysPage(v, keys))
}

// rotateKey makes the next key the current one. The one before stays published until its tokens have ended.
func (d *Pages) rotateKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	algorithm := signing.Algorithm(r.PostForm.Get("algorithm"))
	if !slices.Contains(d.Signing.Algorithms(), algorithm) {
		return d.Sent(w, r, keysPath, ui.Danger, "There is no key of this algorithm to rotate.")
	}
	was := d.currentKey(algorithm)
	_, err := d.Signing.Rotate(r.Context(), v.Actor(), algorithm)
	if errors.Is(err, signing.ErrConflict) {
		return d.Sent(w, r, keysPath, ui.Warn, "Somebody else rotated in the same moment. Look at the keys before you go on.")
	}
	if err != nil {
		return err
	}
	if r.PostForm.Get("revoke") != "" {
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
		return d.Sent(w, r, keysPath, ui.Warn, "Tick the box first: every token that the key signed stops working.")
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
