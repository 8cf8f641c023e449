-- Moments are milliseconds since 1970 (UTC), days are Beijing's as 2006-01-02.
-- A position is the number of a published run, in order of publishing; 0 is none.

-- +goose Up
CREATE TABLE meta (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	position BIGINT NOT NULL -- of the newest published run
);
INSERT INTO meta (id, position) VALUES (1, 0);

CREATE TABLE runs (
	id INTEGER PRIMARY KEY,
	schedule TEXT NOT NULL,
	planned_at BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL, -- staged, published, provisional
	why TEXT NOT NULL DEFAULT '',
	position BIGINT NOT NULL DEFAULT 0,
	inventory TEXT NOT NULL,
	rules TEXT NOT NULL,
	reference TEXT NOT NULL,
	version TEXT NOT NULL,
	vantage TEXT NOT NULL,
	totals TEXT NOT NULL DEFAULT '{}', -- JSON
	UNIQUE (schedule, planned_at)
);
CREATE UNIQUE INDEX runs_published ON runs (position) WHERE position > 0;
CREATE INDEX runs_position ON runs (position);
CREATE INDEX runs_schedule ON runs (schedule, position);

-- What a run has seen so far. Nothing else reads it until the run is published.
CREATE TABLE stage (
	run BIGINT NOT NULL,
	seq BIGINT NOT NULL, -- of the subject in the inventory
	ord BIGINT NOT NULL, -- of the item under the subject
	item BIGINT NOT NULL, -- 0: not known yet
	digest BLOB, -- null: as before
	facts BLOB,
	body BLOB,
	PRIMARY KEY (run, seq, ord)
) WITHOUT ROWID;

CREATE TABLE items (
	id INTEGER PRIMARY KEY,
	level TEXT NOT NULL, -- subject, service, item
	key TEXT NOT NULL,
	subject TEXT NOT NULL,
	service TEXT NOT NULL,
	name TEXT NOT NULL, -- A-label, or platform and package
	label TEXT NOT NULL, -- for people
	kind TEXT NOT NULL, -- of the service
	owner TEXT NOT NULL, -- as filed
	tags TEXT NOT NULL, -- JSON
	seq BIGINT NOT NULL,
	first BIGINT NOT NULL, -- position
	last BIGINT NOT NULL, -- position
	days BIGINT NOT NULL, -- nights that the present vector was seen
	last_day TEXT NOT NULL,
	digest BLOB NOT NULL,
	vector BIGINT NOT NULL,
	dossier BIGINT NOT NULL, -- 0: none
	UNIQUE (level, key)
);
CREATE INDEX items_subject ON items (subject);
CREATE INDEX items_name ON items (name);
CREATE INDEX items_service ON items (service);

-- Outcome vectors, each text once.
CREATE TABLE vectors (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE,
	text TEXT NOT NULL
);

-- What was judged: the looks of an item, the filing of a subject.
CREATE TABLE dossiers (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: changes point here after pruning too
	item BIGINT NOT NULL,
	digest BLOB NOT NULL,
	day TEXT NOT NULL,
	taken_at BIGINT NOT NULL, -- start of the run that saw it
	deficient BIGINT NOT NULL,
	stripped BIGINT NOT NULL, -- 1: without the text of the pages
	body BLOB NOT NULL, -- JSON, zstd
	UNIQUE (item, digest)
);
CREATE INDEX dossiers_age ON dossiers (stripped, deficient, day);

-- One row for each run in which an item was not as before.
CREATE TABLE changes (
	item BIGINT NOT NULL,
	position BIGINT NOT NULL,
	day TEXT NOT NULL,
	vector BIGINT NOT NULL,
	dossier BIGINT NOT NULL,
	days BIGINT NOT NULL, -- nights that it stayed so; 0: it still does, see items
	PRIMARY KEY (item, position)
) WITHOUT ROWID;

CREATE TABLE findings (
	item BIGINT NOT NULL,
	scene TEXT NOT NULL,
	state TEXT NOT NULL, -- seen, open, resolved
	outcome TEXT NOT NULL,
	reason TEXT NOT NULL,
	why TEXT NOT NULL,
	first BIGINT NOT NULL, -- position of the first deficiency
	begun BIGINT NOT NULL, -- position of the present life's beginning
	begun_day TEXT NOT NULL,
	changed BIGINT NOT NULL, -- position of the last change
	resolved BIGINT NOT NULL, -- position
	due TEXT NOT NULL,
	regressions BIGINT NOT NULL,
	body BLOB NOT NULL, -- the finding, JSON, zstd
	PRIMARY KEY (item, scene)
) WITHOUT ROWID;
CREATE INDEX findings_state ON findings (state, scene);

CREATE TABLE registrations (
	domain TEXT PRIMARY KEY,
	as_of BIGINT NOT NULL,
	body BLOB NOT NULL -- JSON, zstd
);

CREATE TABLE waivers (
	id INTEGER PRIMARY KEY,
	scene TEXT NOT NULL,
	target TEXT NOT NULL, -- subject, service, item or name
	reason TEXT NOT NULL,
	who TEXT NOT NULL,
	until TEXT NOT NULL,
	note TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE assignments (
	kind TEXT NOT NULL, -- finding, service, subject, tag, scene
	value TEXT NOT NULL,
	owner TEXT NOT NULL,
	who TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (kind, value)
);

CREATE TABLE notes (
	id INTEGER PRIMARY KEY,
	target TEXT NOT NULL,
	scene TEXT NOT NULL,
	who TEXT NOT NULL,
	text TEXT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE INDEX notes_target ON notes (target);

CREATE TABLE notifications (
	id INTEGER PRIMARY KEY,
	run BIGINT NOT NULL,
	channel TEXT NOT NULL,
	recipient TEXT NOT NULL,
	state TEXT NOT NULL, -- pending, held, sent, failed
	body TEXT NOT NULL,
	detail TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	told_at BIGINT NOT NULL DEFAULT 0,
	UNIQUE (run, channel, recipient)
);
