-- Whether somebody lets their public texts be found by searching (toot:indexable). Of others it is known when their document is next read.
ALTER TABLE actors ADD COLUMN indexable BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE actors SET indexable = TRUE WHERE local AND kind = 'Person';

-- What the index holds: one row a post, or a comment of it.
CREATE TABLE search_texts (
  -- Grows with the time at which a text was first indexed.
  id BIGINT PRIMARY KEY NOT NULL,
  -- The post's or the comment's row.
  target_id BIGINT NOT NULL UNIQUE,
  post_id BIGINT NOT NULL,
  is_post BOOLEAN NOT NULL,
  published_at BIGINT NOT NULL
);

-- The words: made by text::words, so that both databases find the same. Two underscores: what only one database has.
CREATE TABLE __search (
  id BIGINT PRIMARY KEY NOT NULL REFERENCES search_texts (id) ON DELETE CASCADE,
  -- Each word once, and once more with _in_ before it when it stands in the title; without places, of which a tsvector bounds the number.
  words TSVECTOR NOT NULL,
  -- All words in their order, a space around each, for phrases.
  title TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX __search_words ON __search USING gin (words);

-- What changed and is to be indexed again.
CREATE TABLE search_due (
  target_id BIGINT PRIMARY KEY NOT NULL,
  is_post BOOLEAN NOT NULL,
  -- How often it changed: what changes while it is being indexed is indexed once more.
  changes BIGINT NOT NULL
);
INSERT INTO search_due (target_id, is_post, changes) SELECT id, TRUE, 1 FROM posts WHERE status = 'published';
INSERT INTO search_due (target_id, is_post, changes)
  SELECT c.id, FALSE, 1 FROM comments c JOIN actors a ON a.id = c.actor_id WHERE a.indexable AND c.status = 'published';

CREATE FUNCTION search_post_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (COALESCE(NEW.id, OLD.id), TRUE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = search_due.changes + 1;
  RETURN NULL;
END $$;
-- A comment whose author does not let it be found leaves nothing here.
CREATE FUNCTION search_comment_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_due (target_id, is_post, changes)
    SELECT COALESCE(NEW.id, OLD.id), FALSE, 1 FROM actors WHERE id = COALESCE(NEW.actor_id, OLD.actor_id) AND indexable
    ON CONFLICT (target_id) DO UPDATE SET changes = search_due.changes + 1;
  RETURN NULL;
END $$;
CREATE FUNCTION search_actor_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_due (target_id, is_post, changes) SELECT id, FALSE, 1 FROM comments WHERE actor_id = NEW.id ORDER BY id
    ON CONFLICT (target_id) DO UPDATE SET changes = search_due.changes + 1;
  RETURN NULL;
END $$;

CREATE TRIGGER search_post_added AFTER INSERT ON posts FOR EACH ROW
  WHEN (NEW.status = 'published') EXECUTE FUNCTION search_post_is_due();
CREATE TRIGGER search_post_changed AFTER UPDATE OF status, title, html ON posts FOR EACH ROW
  WHEN (NEW.status = 'published' OR OLD.status = 'published') EXECUTE FUNCTION search_post_is_due();
CREATE TRIGGER search_post_removed AFTER DELETE ON posts FOR EACH ROW
  WHEN (OLD.status = 'published') EXECUTE FUNCTION search_post_is_due();
CREATE TRIGGER search_comment_added AFTER INSERT ON comments FOR EACH ROW
  WHEN (NEW.status = 'published') EXECUTE FUNCTION search_comment_is_due();
CREATE TRIGGER search_comment_changed AFTER UPDATE OF html, status, visibility ON comments FOR EACH ROW
  WHEN (NEW.html <> OLD.html OR NEW.status <> OLD.status OR NEW.visibility <> OLD.visibility)
  EXECUTE FUNCTION search_comment_is_due();
CREATE TRIGGER search_comment_removed AFTER DELETE ON comments FOR EACH ROW EXECUTE FUNCTION search_comment_is_due();
CREATE TRIGGER search_actor_changed AFTER UPDATE OF indexable ON actors FOR EACH ROW
  WHEN (NEW.indexable <> OLD.indexable) EXECUTE FUNCTION search_actor_is_due();
