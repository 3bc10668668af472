package management

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

// DocumentVersion is one metadata document of an imported application, as it was accepted.
type DocumentVersion struct {
	Version     int64             `json:"version"`
	Hash        string            `json:"hash" doc:"SHA-256 of its bytes, base64url."`
	Status      string            `json:"status" enum:"approved,waiting,replaced"`
	FetchedAt   *time.Time        `json:"fetched_at,omitempty"`
	ApprovedBy  string            `json:"approved_by,omitempty"`
	Address     string            `json:"address,omitempty" doc:"It came from."`
	Headers     map[string]string `json:"headers,omitempty"`
	Document    string            `json:"document" doc:"Its bytes, as text."`
	Differences []CIMDChange      `json:"differences,omitempty" nullable:"false" doc:"From the version before."`
}

// KeySetVersion is one key set of an imported application, as it was seen.
type KeySetVersion struct {
	Version     int64      `json:"version"`
	Hash        string     `json:"hash" doc:"SHA-256 of its bytes, base64url."`
	Status      string     `json:"status" enum:"approved,waiting,replaced"`
	Thumbprints []string   `json:"thumbprints" nullable:"false" doc:"RFC 7638, SHA-256."`
	FirstSeen   *time.Time `json:"first_seen,omitempty"`
	LastSeen    *time.Time `json:"last_seen,omitempty"`
}

// DocumentHistory is what an imported application's URL said, newest first.
type DocumentHistory struct {
	Documents []DocumentVersion `json:"documents" nullable:"false"`
	KeySets   []KeySetVersion   `json:"key_sets" nullable:"false"`
}

// DocumentHistoryAnswer is an answer with it.
type DocumentHistoryAnswer struct{ Body DocumentHistory }

func (a *API) mountDocuments(api huma.API) {
	register(a, api, operation{
		id: "getClientsMetadataDocuments", method: http.MethodGet, path: "/clients/{id}/metadata-documents", tag: "clients", noun: aClient,
		summary: "List the versions of an imported application's metadata document and keys", scopes: []string{"read:clients"}, status: http.StatusOK,
	}, a.listDocuments)
}

// listDocuments answers with the newest fifty of each; an application that was made by hand has none.
func (a *API) listDocuments(ctx context.Context, in *ByID) (*DocumentHistoryAnswer, error) {
	app, err := a.Registry.Application(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	documents, err := a.Registry.Documents(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	keys, err := a.Registry.KeySets(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	history := DocumentHistory{Documents: []DocumentVersion{}, KeySets: []KeySetVersion{}}
	for i := range documents {
		var before *registry.DocumentVersion
		if i+1 < len(documents) {
			before = &documents[i+1]
		}
		history.Documents = append(history.Documents, documentVersionJSON(&documents[i], before))
	}
	for _, k := range keys {
		history.KeySets = append(history.KeySets, KeySetVersion{
			Version: k.Version, Hash: k.Hash, Status: string(k.Status), Thumbprints: k.Thumbprints, FirstSeen: date(k.FirstSeen), LastSeen: date(k.LastSeen),
		})
	}
	return &DocumentHistoryAnswer{history}, nil
}

func documentVersionJSON(d, before *registry.DocumentVersion) DocumentVersion {
	v := DocumentVersion{
		Version: d.Version, Hash: d.Hash, Status: string(d.Status), FetchedAt: date(d.At), ApprovedBy: d.By, Address: d.Address, Headers: d.Headers,
		Document: string(d.Body),
	}
	if before != nil {
		v.Differences = changesJSON(registry.Compare(before.Mapped, d.Mapped))
	}
	return v
}
