-- Pages that are no posts: an imprint, a page about something. They stand at /SLUG and federate nowhere.
CREATE TABLE pages (
  id INTEGER PRIMARY KEY NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);

-- Other addresses of a post or page: where it stood before, and a post's place under /posts/. They lead on for ever.
CREATE TABLE addresses (
  address TEXT PRIMARY KEY NOT NULL,
  post_id BIGINT REFERENCES posts (id) ON DELETE CASCADE,
  page_id BIGINT REFERENCES pages (id) ON DELETE CASCADE
);
CREATE INDEX addresses_by_post ON addresses (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX addresses_by_page ON addresses (page_id) WHERE page_id IS NOT NULL;

-- What of the configuration the rows follow: when it changes, they are made to agree.
CREATE TABLE followed (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
);

-- key: the whole path in lower case, "music/choir"; path: the same as it was first written.
CREATE TABLE categories (
  id INTEGER PRIMARY KEY NOT NULL,
  key TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  parent_id BIGINT REFERENCES categories (id)
);

-- position: the writer's order; NULL for a category that the post is in because of one below it.
-- published_at: the post's, so that lists are read in order from one index; NULL until it appears.
CREATE TABLE post_categories (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  category_id BIGINT NOT NULL REFERENCES categories (id),
  position INTEGER,
  published_at BIGINT,
  PRIMARY KEY (post_id, category_id)
);
CREATE INDEX post_categories_by_time ON post_categories (category_id, published_at, post_id);

CREATE TABLE series (
  id INTEGER PRIMARY KEY NOT NULL,
  key TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

CREATE TABLE post_series (
  post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  series_id BIGINT NOT NULL REFERENCES series (id),
  part INTEGER NOT NULL,
  published_at BIGINT
);
CREATE INDEX post_series_by_part ON post_series (series_id, part, post_id);

-- Which posts resemble a post, the closest first, and the words by which that was found.
CREATE TABLE related (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  related_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  PRIMARY KEY (post_id, position)
);
CREATE INDEX related_to ON related (related_id);
CREATE TABLE post_terms (
  term TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  PRIMARY KEY (term, post_id)
);
CREATE INDEX post_terms_by_post ON post_terms (post_id);

-- Lists by tag are read in order from one index, too.
ALTER TABLE post_tags ADD COLUMN published_at BIGINT;
UPDATE post_tags SET published_at = (SELECT p.published_at FROM posts p WHERE p.id = post_tags.post_id AND p.status = 'published');
DROP INDEX post_tags_by_key;
CREATE INDEX post_tags_by_key ON post_tags (key, published_at, post_id);

-- Comments are counted without looking at their rows; a writer's posts and followers are listed by their ids.
CREATE INDEX comments_shown ON comments (post_id, status, hidden, visibility);
CREATE INDEX posts_of_actor ON posts (actor_id, id);
CREATE INDEX followers_of_actor ON followers (actor_id, id);

-- How many posts appeared in a month (202611), kept by the database itself, so that no way of writing can forget it.
CREATE TABLE post_months (
  month INTEGER PRIMARY KEY NOT NULL,
  total BIGINT NOT NULL
);
INSERT INTO post_months (month, total)
  SELECT CAST(strftime('%Y%m', published_at / 1000000, 'unixepoch') AS INTEGER), COUNT(*)
  FROM posts WHERE status = 'published' AND published_at IS NOT NULL GROUP BY 1;
CREATE TRIGGER post_months_insert AFTER INSERT ON posts
WHEN NEW.status = 'published' AND NEW.published_at IS NOT NULL
BEGIN
  INSERT INTO post_months (month, total)
    VALUES (CAST(strftime('%Y%m', NEW.published_at / 1000000, 'unixepoch') AS INTEGER), 1)
    ON CONFLICT (month) DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER post_months_update AFTER UPDATE OF status, published_at ON posts
WHEN OLD.status IS NOT NEW.status OR OLD.published_at IS NOT NEW.published_at
BEGIN
  UPDATE post_months SET total = total - 1
    WHERE OLD.status = 'published' AND month = CAST(strftime('%Y%m', OLD.published_at / 1000000, 'unixepoch') AS INTEGER);
  INSERT INTO post_months (month, total)
    SELECT CAST(strftime('%Y%m', NEW.published_at / 1000000, 'unixepoch') AS INTEGER), 1
    WHERE NEW.status = 'published' AND NEW.published_at IS NOT NULL
    ON CONFLICT (month) DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER post_months_delete AFTER DELETE ON posts
WHEN OLD.status = 'published' AND OLD.published_at IS NOT NULL
BEGIN
  UPDATE post_months SET total = total - 1
    WHERE month = CAST(strftime('%Y%m', OLD.published_at / 1000000, 'unixepoch') AS INTEGER);
END;
