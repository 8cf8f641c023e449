-- +goose Up
-- Nothing ever wrote into the former table.
DROP TABLE notifications;
CREATE TABLE notifications (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: jobs of the queue point here
	run BIGINT NOT NULL,
	channel TEXT NOT NULL,
	recipient TEXT NOT NULL, -- mail address, or name of a chat
	team TEXT NOT NULL, -- those whose findings it tells
	message TEXT NOT NULL, -- Message-ID, the same for the same run and recipient
	state TEXT NOT NULL, -- pending, held, sent, failed, dropped
	body BLOB, -- the letter, JSON, zstd; null once it is sent or dropped
	detail TEXT NOT NULL, -- what happened last
	tries BIGINT NOT NULL DEFAULT 0, -- that failed for a while
	next_at BIGINT NOT NULL DEFAULT 0, -- of the next try after such a one
	holder TEXT NOT NULL DEFAULT '', -- process that is sending it
	made_at BIGINT NOT NULL,
	told_at BIGINT NOT NULL DEFAULT 0,
	UNIQUE (run, message)
);
CREATE INDEX notifications_state ON notifications (state);
