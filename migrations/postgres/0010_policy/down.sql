DROP TABLE reply_requests;
DROP TABLE comment_versions;
DROP INDEX activities_of_parked;
DROP INDEX activities_passed_on;
ALTER TABLE activities DROP COLUMN parked_reply;
ALTER TABLE activities DROP COLUMN brought_by;
ALTER TABLE activities DROP COLUMN comment_id;
ALTER TABLE posts DROP COLUMN comments;
