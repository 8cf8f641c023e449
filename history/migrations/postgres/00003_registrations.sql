-- +goose Up
-- What registries are asked for, and when: one name is asked for by many runs.
ALTER TABLE registrations ADD COLUMN server TEXT NOT NULL DEFAULT ''; -- that is asked; empty: never wanted by a run
ALTER TABLE registrations ADD COLUMN family TEXT NOT NULL DEFAULT ''; -- of the run that wanted it last
ALTER TABLE registrations ADD COLUMN wanted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE registrations ADD COLUMN wanted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE registrations ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE registrations ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0; -- the higher the sooner
ALTER TABLE registrations ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0; -- by somebody who asks for it
ALTER TABLE registrations ADD COLUMN free BIGINT NOT NULL DEFAULT 0; -- 1: the answer is that it is not registered
ALTER TABLE registrations ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0; -- 0: not known
ALTER TABLE registrations ADD COLUMN tries BIGINT NOT NULL DEFAULT 0; -- that failed since the answer
ALTER TABLE registrations ADD COLUMN failed TEXT NOT NULL DEFAULT ''; -- the newest failure since the answer, JSON
CREATE INDEX registrations_due ON registrations (server, wanted, urgency, due_at);

-- How it stands with each server.
CREATE TABLE registries (
	server TEXT PRIMARY KEY,
	day TEXT NOT NULL DEFAULT '', -- that is counted
	asked BIGINT NOT NULL DEFAULT 0, -- questions of that day
	answered BIGINT NOT NULL DEFAULT 0, -- of these
	turned BIGINT NOT NULL DEFAULT 0, -- answers that a name is not registered, and the one before did not say so
	doubted_at BIGINT NOT NULL DEFAULT 0, -- when such answers were last too many to be believed
	next_at BIGINT NOT NULL DEFAULT 0, -- turn that is not given out yet
	rest_until BIGINT NOT NULL DEFAULT 0,
	failures BIGINT NOT NULL DEFAULT 0, -- in a row
	last TEXT NOT NULL DEFAULT '' -- kind of the newest failure
);
