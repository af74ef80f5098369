-- Which rule held a comment; none: a person decided, or nothing held it.
ALTER TABLE comments ADD COLUMN rule TEXT;

-- What became of messages that left no other row, by the id of what they were about. No text, no names.
CREATE TABLE verdicts (
  object TEXT PRIMARY KEY NOT NULL,
  -- The address of its page, when told.
  page TEXT,
  host TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- The message was proven to come from who it says, or fetched from there.
  proven BOOLEAN NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX verdicts_by_page ON verdicts (page) WHERE page IS NOT NULL;
CREATE INDEX verdicts_by_time ON verdicts (seen_at);
CREATE INDEX verdicts_by_host ON verdicts (host, proven, seen_at);

-- Objects that somebody names and that are not here: parents of parked replies, items of others' collections.
CREATE TABLE wanted (
  ap_id TEXT PRIMARY KEY NOT NULL,
  host TEXT NOT NULL,
  -- The thread that names it; none: a parked reply waits for it.
  post_id BIGINT REFERENCES posts (id) ON DELETE CASCADE,
  -- The collection that names it.
  source TEXT,
  -- Links between it and the reply that brought it.
  depth INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  -- When it is asked for next; none: not any more.
  due_at BIGINT,
  added_at BIGINT NOT NULL
);
CREATE INDEX wanted_by_post ON wanted (post_id, state, due_at);
CREATE INDEX wanted_by_host ON wanted (host);
CREATE INDEX wanted_by_time ON wanted (added_at);

-- Collections elsewhere that list replies of a thread.
CREATE TABLE sources (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  host TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- It is read only when this other one cannot be.
  behind TEXT,
  -- When it may be read next; none: not any more, or not yet.
  due_at BIGINT,
  read_at BIGINT,
  -- Validators of its first page.
  etag TEXT,
  modified TEXT,
  -- The page to go on with, when there was more than one reading takes.
  resume TEXT,
  -- Readings in a row that told nothing new, or failed.
  idle INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  -- Items it named in all, and how many of them were not ours.
  items INTEGER NOT NULL,
  strays INTEGER NOT NULL,
  PRIMARY KEY (post_id, url)
);
CREATE INDEX sources_due ON sources (post_id, due_at);

-- Threads that are read from elsewhere: when next, and what was spent.
CREATE TABLE threads (
  post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  -- When the next reading is due; none: it sleeps.
  due_at BIGINT,
  read_at BIGINT,
  -- The hour that is counted, and the requests in it.
  hour_at BIGINT NOT NULL,
  spent INTEGER NOT NULL
);
CREATE INDEX threads_due ON threads (due_at) WHERE due_at IS NOT NULL;
