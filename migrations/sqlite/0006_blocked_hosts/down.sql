UPDATE comments SET status = COALESCE(status_before, 'held') WHERE status = 'blocked';
ALTER TABLE comments DROP COLUMN status_before;
DROP INDEX actors_blocked;
ALTER TABLE actors DROP COLUMN blocked;
DROP INDEX hosts_blocked;
ALTER TABLE hosts DROP COLUMN blocked_at;
ALTER TABLE hosts DROP COLUMN reason;
UPDATE deliveries SET state = 3 WHERE state = 4;
