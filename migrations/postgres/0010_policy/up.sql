-- Whether a post takes comments, by its writer's word: open or closed.
ALTER TABLE posts ADD COLUMN comments TEXT NOT NULL DEFAULT 'open';

-- An activity of somebody else's about this comment, kept byte for byte to be passed on to followers; none: one of our own.
ALTER TABLE activities ADD COLUMN comment_id BIGINT;
-- The server that brought it; it gets no copy.
ALTER TABLE activities ADD COLUMN brought_by TEXT;
-- The id of the reply while that is parked; comment_id is 0 then.
ALTER TABLE activities ADD COLUMN parked_reply TEXT;
CREATE INDEX activities_passed_on ON activities (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX activities_of_parked ON activities (parked_reply) WHERE parked_reply IS NOT NULL;

-- What edited comments said before, for moderators.
CREATE TABLE comment_versions (
  id BIGINT PRIMARY KEY NOT NULL,
  comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  html TEXT NOT NULL,
  language TEXT,
  -- When this text was written, and when another took its place.
  written_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL
);
CREATE INDEX comment_versions_by_comment ON comment_versions (comment_id, id);

-- Replies whose authors wait to hear whether they may stand here, by the reply's id: it may not have come yet.
CREATE TABLE reply_requests (
  reply TEXT PRIMARY KEY NOT NULL,
  -- Who asked.
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  -- The ReplyRequest's id, exactly as it was sent; the reply's own when nobody asked in words.
  request TEXT NOT NULL,
  bare BOOLEAN NOT NULL,
  -- What it answers, as the request names it.
  target TEXT NOT NULL,
  answer TEXT NOT NULL,
  -- The number in the last answer's id.
  number BIGINT NOT NULL,
  asked_at BIGINT NOT NULL
);
CREATE INDEX reply_requests_by_actor ON reply_requests (actor_id);
CREATE INDEX reply_requests_by_answer ON reply_requests (answer, asked_at);
