DROP TABLE notifications;
DROP TABLE talk;
CREATE TABLE reactions_old (
  id INTEGER PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  target_ap_id TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  UNIQUE (target_ap_id, kind, actor_id)
);
INSERT INTO reactions_old (id, ap_id, kind, actor_id, target_ap_id, post_id, comment_id, created_at)
  SELECT id, ap_id, kind, actor_id, target_ap_id, post_id, comment_id, created_at FROM reactions WHERE emoji = '' AND kind <> 'dislike';
DROP TABLE reactions;
ALTER TABLE reactions_old RENAME TO reactions;
CREATE INDEX reactions_by_post ON reactions (post_id, kind, id);
CREATE INDEX reactions_by_actor ON reactions (actor_id);
