-- Whether somebody lets their public texts be found by searching (toot:indexable). Of others it is known when their document is next read.
ALTER TABLE actors ADD COLUMN indexable BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE actors SET indexable = TRUE WHERE local AND kind = 'Person';

-- What the index holds: one row a post, or a comment of it.
CREATE TABLE search_texts (
  -- Grows with the time at which a text was first indexed.
  id INTEGER PRIMARY KEY NOT NULL,
  -- The post's or the comment's row.
  target_id BIGINT NOT NULL UNIQUE,
  post_id BIGINT NOT NULL,
  is_post BOOLEAN NOT NULL,
  published_at BIGINT NOT NULL
);

-- The words: made by text::words, so that both databases find the same. Two underscores: what only one database has.
CREATE VIRTUAL TABLE __search USING fts5 (
  title, body, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'", prefix = '1 2'
);

-- What changed and is to be indexed again.
CREATE TABLE search_due (
  target_id INTEGER PRIMARY KEY NOT NULL,
  is_post BOOLEAN NOT NULL,
  -- How often it changed: what changes while it is being indexed is indexed once more.
  changes BIGINT NOT NULL
);
INSERT INTO search_due (target_id, is_post, changes) SELECT id, TRUE, 1 FROM posts WHERE status = 'published';
INSERT INTO search_due (target_id, is_post, changes)
  SELECT c.id, FALSE, 1 FROM comments c JOIN actors a ON a.id = c.actor_id WHERE a.indexable AND c.status = 'published';

CREATE TRIGGER search_post_added AFTER INSERT ON posts WHEN NEW.status = 'published' BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (NEW.id, TRUE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER search_post_changed AFTER UPDATE OF status, title, html ON posts
  WHEN NEW.status = 'published' OR OLD.status = 'published' BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (NEW.id, TRUE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER search_post_removed AFTER DELETE ON posts WHEN OLD.status = 'published' BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (OLD.id, TRUE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;

-- A comment whose author does not let it be found leaves nothing here.
CREATE TRIGGER search_comment_added AFTER INSERT ON comments
  WHEN NEW.status = 'published' AND (SELECT indexable FROM actors WHERE id = NEW.actor_id) BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (NEW.id, FALSE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER search_comment_changed AFTER UPDATE OF html, status, visibility ON comments
  WHEN (NEW.html <> OLD.html OR NEW.status <> OLD.status OR NEW.visibility <> OLD.visibility)
    AND (SELECT indexable FROM actors WHERE id = NEW.actor_id) BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (NEW.id, FALSE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER search_comment_removed AFTER DELETE ON comments
  WHEN (SELECT indexable FROM actors WHERE id = OLD.actor_id) BEGIN
  INSERT INTO search_due (target_id, is_post, changes) VALUES (OLD.id, FALSE, 1)
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER search_actor_changed AFTER UPDATE OF indexable ON actors WHEN NEW.indexable <> OLD.indexable BEGIN
  INSERT INTO search_due (target_id, is_post, changes) SELECT id, FALSE, 1 FROM comments WHERE actor_id = NEW.id
    ON CONFLICT (target_id) DO UPDATE SET changes = changes + 1;
END;
