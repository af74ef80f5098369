DROP INDEX tombstones_by_time;
DROP INDEX actors_by_host_age;
DROP INDEX actors_by_age;
DROP INDEX parked_by_host;
ALTER TABLE parked DROP COLUMN host;
DROP INDEX jobs_by_host;
ALTER TABLE jobs DROP COLUMN host;
