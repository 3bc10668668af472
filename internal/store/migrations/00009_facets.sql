-- Lists of applications by facet. A facet is what a filter can ask of an application, all in one text: rows that are alike have the
-- same, and there are few. An index begins with it, so that a list with any filters reads the rows that fit, in its order, and no
-- others. What a list shows in an order that has no filter is what all facets have together.
--
-- The table is made anew, because SQLite finds a place within an index only if the place is no row number.

-- +goose Up

CREATE TABLE application_entries_new (
	place      BIGINT NOT NULL PRIMARY KEY REFERENCES applications (place) ON DELETE CASCADE,
	id         TEXT NOT NULL UNIQUE,
	name_key   TEXT NOT NULL, -- the name in lower case
	type       TEXT NOT NULL,
	ownership  TEXT NOT NULL,
	origin     TEXT NOT NULL,
	enabled    BOOLEAN NOT NULL,
	risky      BOOLEAN NOT NULL, -- whether the security check found something of high severity
	unfinished BOOLEAN NOT NULL, -- whether it is a stranger that has not finished an authorization: applications.expires_at is there
	facet      TEXT NOT NULL,    -- the six columns before, in one
	created_at BIGINT NOT NULL,
	last_used  BIGINT NOT NULL,  -- 0 = never
	active_at  BIGINT NOT NULL   -- the later of the two
) STRICT, WITHOUT ROWID;

INSERT INTO application_entries_new
	(place, id, name_key, type, ownership, origin, enabled, risky, unfinished, facet, created_at, last_used, active_at)
SELECT e.place, e.id, e.name_key, e.type, e.ownership, e.origin, e.enabled, e.risky, a.expires_at IS NOT NULL,
	e.type || ' ' || e.ownership || ' ' || e.origin || CASE WHEN e.enabled THEN ' on' ELSE ' off' END
		|| CASE WHEN e.risky THEN ' risky' ELSE '' END || CASE WHEN a.expires_at IS NOT NULL THEN ' unfinished' ELSE '' END,
	e.created_at, e.last_used, CASE WHEN e.last_used > e.created_at THEN e.last_used ELSE e.created_at END
FROM application_entries e JOIN applications a ON a.place = e.place
ORDER BY e.place;

DROP TABLE application_entries;
ALTER TABLE application_entries_new RENAME TO application_entries;

CREATE INDEX application_entries_place ON application_entries (facet, place);
CREATE INDEX application_entries_name ON application_entries (facet, name_key, place);
CREATE INDEX application_entries_used ON application_entries (facet, last_used, place);
CREATE INDEX application_entries_active ON application_entries (facet, active_at, place);

-- People who may not sign in.
CREATE INDEX users_blocked ON users (place) WHERE blocked = TRUE;
