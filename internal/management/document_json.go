package management

import (
	"time"

	"clientele/internal/registry"
)

// MetadataDocument is the state of an imported application's metadata document.
type MetadataDocument struct {
	Mode              string     `json:"mode" enum:"follow,review,frozen"`
	State             string     `json:"state" enum:"good,waiting,suspended,withdrawn,stale" doc:"waiting: additions of the document wait for an operator."`
	Reason            string     `json:"reason,omitempty" doc:"Why it is not good."`
	Version           int64      `json:"version" doc:"Of the newest valid document."`
	ApprovedVersion   int64      `json:"approved_version"`
	Hash              string     `json:"hash" doc:"SHA-256 of its bytes, base64url."`
	FetchedAt         *time.Time `json:"fetched_at,omitempty"`
	DueAt             *time.Time `json:"due_at,omitempty"`
	Failure           string     `json:"failure,omitempty" doc:"Why the last fetch failed."`
	PinnedUntil       *time.Time `json:"pinned_until,omitempty"`
	AdmissionRule     string     `json:"admission_rule,omitempty"`
	ClientCredentials bool       `json:"client_credentials" doc:"Whether the operator allows the grant."`
}

func documentJSON(app *registry.Application) *MetadataDocument {
	i := app.Import
	standing, why := app.Standing(time.Now())
	d := &MetadataDocument{
		Mode: string(i.Mode), State: string(standing), Reason: why, Version: i.Live.Version, ApprovedVersion: i.Approved.Version, Hash: i.Live.Hash,
		FetchedAt: date(i.FetchedAt), DueAt: date(i.DueAt), Failure: string(i.Failure), PinnedUntil: date(i.PinnedUntil), AdmissionRule: i.Rule,
		ClientCredentials: i.ClientCredentials,
	}
	if standing == registry.StandingGood && i.Live.Version != i.Approved.Version {
		d.State = "waiting"
	}
	return d
}
