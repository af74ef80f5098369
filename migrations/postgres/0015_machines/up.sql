-- Where a post first appeared, for search engines: an https address elsewhere; none: here.
ALTER TABLE posts ADD COLUMN canonical TEXT;

-- The picture drawn for previews of a post.
CREATE TABLE previews (
  post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  -- A file of the media folder.
  file TEXT NOT NULL,
  -- The blog's name that stands in it.
  site TEXT NOT NULL,
  -- The title stands in it too; false: no font here has its letters.
  titled BOOLEAN NOT NULL
);
CREATE INDEX previews_by_file ON previews (file);

-- The site map: parts by id, and when something in a part last changed, without reading posts.
CREATE INDEX posts_by_id ON posts (status, id, edited_at, published_at);
