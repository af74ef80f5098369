-- Bounds by host: what strangers may leave to be done here and how many of their people are kept.
ALTER TABLE jobs ADD COLUMN host TEXT;
CREATE INDEX jobs_by_host ON jobs (host) WHERE host IS NOT NULL;

ALTER TABLE parked ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE INDEX parked_by_host ON parked (host);

CREATE INDEX actors_by_age ON actors (created_at);
CREATE INDEX actors_by_host_age ON actors (host, created_at);
CREATE INDEX tombstones_by_time ON tombstones (deleted_at);
