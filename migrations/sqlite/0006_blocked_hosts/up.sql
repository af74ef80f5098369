-- Blocked hosts: since when and why; what a block hides keeps its row and says what it was before.
ALTER TABLE hosts ADD COLUMN reason TEXT;
ALTER TABLE hosts ADD COLUMN blocked_at BIGINT;
CREATE INDEX hosts_blocked ON hosts (blocked_at) WHERE blocked;

ALTER TABLE actors ADD COLUMN blocked BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX actors_blocked ON actors (id) WHERE blocked;

ALTER TABLE comments ADD COLUMN status_before TEXT;
