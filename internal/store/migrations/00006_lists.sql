-- What lists of applications are filtered and sorted by, in rows of its own that are narrow: a filter that fits few makes a list
-- walk through all of them, and an index for each order holds all that a walk looks at. It repeats what stands in applications
-- and application_usage, and is written with them.

-- +goose Up

CREATE TABLE application_entries (
	place      BIGINT NOT NULL PRIMARY KEY REFERENCES applications (place) ON DELETE CASCADE,
	id         TEXT NOT NULL UNIQUE,
	name_key   TEXT NOT NULL, -- the name in lower case
	type       TEXT NOT NULL,
	ownership  TEXT NOT NULL,
	origin     TEXT NOT NULL,
	enabled    BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	last_used  BIGINT NOT NULL, -- 0 = never
	risky      BOOLEAN NOT NULL -- whether the security check found something of high severity
) STRICT;

INSERT INTO application_entries (place, id, name_key, type, ownership, origin, enabled, created_at, last_used, risky)
SELECT a.place, a.id, LOWER(a.name), a.type, a.ownership, a.origin, a.enabled, a.created_at, COALESCE(u.last_used, 0), FALSE
FROM applications a LEFT JOIN application_usage u ON u.application_id = a.id;

CREATE INDEX application_entries_name ON application_entries (name_key, place, type, ownership, origin, enabled, risky, last_used, created_at);
CREATE INDEX application_entries_used ON application_entries (last_used, place, type, ownership, origin, enabled, risky, created_at);

-- Those whose document keeps them from signing anybody in.
CREATE INDEX imports_held ON imports (application_id) WHERE suspended_at IS NOT NULL OR withdrawn_at IS NOT NULL;
