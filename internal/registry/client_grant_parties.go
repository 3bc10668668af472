package registry

import (
	"context"
	"errors"
	"strconv"
)

// grantParties are the application and the API that a client grant names; nil if it names none, or one that is gone.
type grantParties struct {
	application *Application
	api         *API
}

func (r *Registry) partiesOf(ctx context.Context, g *ClientGrant) (p grantParties, err error) {
	if g.ApplicationID != "" {
		if p.application, err = found(r.Application(ctx, g.ApplicationID)); err != nil {
			return p, err
		}
	}
	p.api, err = found(r.API(ctx, g.APIID))
	return p, err
}

// found makes nil of what is not there.
func found[T any](value T, err error) (*T, error) {
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &value, nil
}

// title is what the event of a change calls the grant: people read it, so by names and not by ids.
func (p grantParties) title(g *ClientGrant) string { return p.grantee(g) + " → " + p.apiName(g) }

func (p grantParties) grantee(g *ClientGrant) string {
	switch {
	case g.ThirdParties:
		return "Third-party applications"
	case g.Strangers:
		return "Applications nobody approved"
	case p.application == nil:
		return g.ApplicationID
	}
	return p.application.Name
}

func (p grantParties) apiName(g *ClientGrant) string {
	if p.api == nil {
		return g.APIID
	}
	return p.api.Name
}

// changed compares two states of a grant; a zero one is none. Names come with the id, which stays what it is when they change.
func (p grantParties) changed(before, after *ClientGrant) Change {
	var c Change
	c.add("application", p.applicationField(before), p.applicationField(after))
	c.add("third_parties", strconv.FormatBool(before.ThirdParties), strconv.FormatBool(after.ThirdParties))
	c.add("strangers", strconv.FormatBool(before.Strangers), strconv.FormatBool(after.Strangers))
	c.add("api", p.apiField(before), p.apiField(after))
	c.add("subject_type", string(before.SubjectType), string(after.SubjectType))
	c.add("scopes", lines(before.Scopes), lines(after.Scopes))
	c.add("all_scopes", strconv.FormatBool(before.AllScopes), strconv.FormatBool(after.AllScopes))
	return c
}

func (p grantParties) applicationField(g *ClientGrant) string {
	if p.application == nil || g.ApplicationID == "" {
		return g.ApplicationID
	}
	return p.application.Name + " (" + g.ApplicationID + ")"
}

func (p grantParties) apiField(g *ClientGrant) string {
	if p.api == nil || g.APIID == "" {
		return g.APIID
	}
	return p.api.Name + " (" + g.APIID + ")"
}
