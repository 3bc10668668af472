package tools

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/signing"
)

// discoveryView is what this server says about itself.
type discoveryView struct {
	URLs    []string // of the documents, which are identical
	Members []claimRow
	Text    string
	Keys    []signing.StoredKey
	KeysURL string
	KeyText string
}

func (d *Pages) discovery(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	raw, err := d.Metadata.Metadata(r.Context())
	if err != nil {
		return err
	}
	view := discoveryView{
		URLs:    []string{d.Issuer + ".well-known/openid-configuration", d.Issuer + ".well-known/oauth-authorization-server"},
		KeysURL: d.Issuer + ".well-known/jwks.json", Text: indented(raw), KeyText: indented(d.Signing.JWKS()),
	}
	if view.Members, err = claimRows(raw, oauth.MetadataMember); err != nil {
		return err
	}
	for i := range view.Members {
		view.Members[i] = view.Members[i].inOneLine()
	}
	order := oauth.MetadataMembers()
	place := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(view.Members, func(a, b claimRow) int { return place(a.Name) - place(b.Name) })
	for _, k := range d.Signing.List() {
		if k.Published() {
			view.Keys = append(view.Keys, k)
		}
	}
	return v.Write(w, r, http.StatusOK, discoveryPage(v, view))
}

func indented(raw []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}
