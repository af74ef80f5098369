-- Pictures that stand in a comment from elsewhere or in a post of ours, and their copies in our cache.
CREATE TABLE pictures (
  id BIGINT PRIMARY KEY,
  comment_id BIGINT REFERENCES comments (id),
  post_id BIGINT REFERENCES posts (id),
  -- Where it came from; never loaded by readers.
  source TEXT NOT NULL,
  alt TEXT NOT NULL,
  sensitive BOOLEAN NOT NULL,
  -- The copy; none until it was fetched.
  file TEXT,
  width INTEGER,
  height INTEGER,
  -- It was asked for and cannot be had.
  failed BOOLEAN NOT NULL
);
CREATE INDEX pictures_by_comment ON pictures (comment_id, id);
CREATE INDEX pictures_by_post ON pictures (post_id, id);
CREATE INDEX pictures_by_file ON pictures (file);

-- Custom emoji: what a server's people mean by :name:.
CREATE TABLE emojis (
  host TEXT NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  file TEXT,
  failed BOOLEAN NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (host, name)
);
CREATE INDEX emojis_by_file ON emojis (file);

-- Every file of the cache, its size, and the server whose people brought it.
CREATE TABLE media_files (
  file TEXT PRIMARY KEY NOT NULL,
  bytes BIGINT NOT NULL,
  host TEXT NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX media_files_by_host ON media_files (host);
CREATE INDEX actors_by_avatar ON actors (avatar);

-- The pictures of people that are here already; 96 pixels wide, they are small.
INSERT INTO media_files (file, bytes, host, added_at)
  SELECT avatar, 4096, MIN(host), MAX(updated_at) FROM actors WHERE avatar IS NOT NULL GROUP BY avatar;
