-- A person may react to a thing with several emoji, so the emoji is part of what is unique.
-- One emoji, or :name:; empty for all kinds but emoji.
ALTER TABLE reactions ADD COLUMN emoji TEXT NOT NULL DEFAULT '';
ALTER TABLE reactions ALTER COLUMN emoji DROP DEFAULT;
ALTER TABLE reactions DROP CONSTRAINT reactions_target_ap_id_kind_actor_id_key;
ALTER TABLE reactions ADD UNIQUE (target_ap_id, kind, emoji, actor_id);

-- Posts elsewhere that quote or link to ours: one row a post of ours and post elsewhere, whatever way it came.
CREATE TABLE talk (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  -- The comment of ours that is quoted; none: the post itself.
  comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE,
  -- quote or link.
  kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  -- shown, held or revoked.
  standing TEXT NOT NULL,
  -- The id of what it quotes or links to.
  target_ap_id TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Plain text, short.
  excerpt TEXT NOT NULL,
  -- The QuoteRequest that was accepted, exactly as it was sent; none: it came without asking, and there is no stamp.
  request TEXT,
  published_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (post_id, ap_id)
);
CREATE INDEX talk_by_ap_id ON talk (ap_id);
CREATE INDEX talk_by_actor ON talk (actor_id);

-- What our people are told of: mentions that are no comments, and quotes.
CREATE TABLE notifications (
  id BIGINT PRIMARY KEY NOT NULL,
  -- Who is told.
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  kind TEXT NOT NULL,
  -- Whose doing it is.
  from_id BIGINT NOT NULL REFERENCES actors (id),
  object TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Plain text, short.
  excerpt TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  read_at BIGINT,
  UNIQUE (actor_id, object)
);
CREATE INDEX notifications_by_actor ON notifications (actor_id, id);
CREATE INDEX notifications_by_from ON notifications (from_id);
CREATE INDEX notifications_by_object ON notifications (object);
CREATE INDEX notifications_by_time ON notifications (created_at);
