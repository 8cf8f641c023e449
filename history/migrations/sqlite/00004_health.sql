-- +goose Up
-- How often a shard was kept: whoever kept it from an older state is refused.
ALTER TABLE shards ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- How the first looks of a run under way ended, by what the targets have in
-- common on the way to them. Empty once the run is over.
CREATE TABLE clusters (
	run BIGINT NOT NULL,
	name TEXT NOT NULL, -- of the group
	how TEXT NOT NULL, -- they failed; empty: all of them
	looks BIGINT NOT NULL,
	PRIMARY KEY (run, name, how)
) WITHOUT ROWID;
