-- +goose Up
-- A run that is done in parts, perhaps by several machines: what each part
-- has to look at, and how far it came. Empty once the run is over.
CREATE TABLE shards (
	run BIGINT NOT NULL,
	shard BIGINT NOT NULL,
	items BIGINT NOT NULL,
	subjects BYTEA NOT NULL, -- JSON, zstd
	state BYTEA, -- JSON, zstd; null: not begun
	due_at BIGINT NOT NULL DEFAULT 0, -- of the second looks; 0: none wait
	done BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (run, shard)
);

-- Processes that work, and when each was last known to be alive.
CREATE TABLE workers (
	id TEXT PRIMARY KEY,
	beat_at BIGINT NOT NULL
);

-- Since when each schedule has its times.
CREATE TABLE schedules (
	name TEXT PRIMARY KEY,
	cron TEXT NOT NULL,
	since BIGINT NOT NULL
);

-- Which inventory a run is about, and whether it takes only a part of it: what
-- a partial run does not see has not left the inventory.
ALTER TABLE runs ADD COLUMN family TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
UPDATE runs SET family = schedule;
CREATE INDEX runs_family ON runs (family, part, position);
