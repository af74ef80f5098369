-- Ids are made by the program (63 bits, time-ordered); times are microseconds since 1970, UTC; JSON is text.

CREATE TABLE actors (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  local BOOLEAN NOT NULL,
  kind TEXT NOT NULL,
  username TEXT NOT NULL,
  host TEXT NOT NULL,
  name TEXT NOT NULL,
  summary TEXT NOT NULL,
  url TEXT NOT NULL,
  inbox TEXT NOT NULL,
  shared_inbox TEXT,
  followers TEXT,
  avatar_source TEXT,
  avatar TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,
  gone_at BIGINT
);
CREATE INDEX actors_by_handle ON actors (host, username);

CREATE TABLE actor_keys (
  key_id TEXT PRIMARY KEY NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  public TEXT NOT NULL,
  fetched_at BIGINT NOT NULL
);
CREATE INDEX actor_keys_by_actor ON actor_keys (actor_id);

-- The private keys of our own actors. Made once, never remade: other servers remember them.
CREATE TABLE local_keys (
  actor_id BIGINT PRIMARY KEY NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  rsa_pem TEXT NOT NULL,
  ed25519_pem TEXT NOT NULL
);

CREATE TABLE accounts (
  id BIGINT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  actor_id BIGINT NOT NULL UNIQUE REFERENCES actors (id),
  password_hash TEXT,
  created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
  id BIGINT PRIMARY KEY NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE posts (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  status TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  summary TEXT,
  excerpt TEXT NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  language TEXT NOT NULL,
  images TEXT NOT NULL,
  mentions TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  published_at BIGINT,
  publish_at BIGINT,
  edited_at BIGINT,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX posts_by_time ON posts (status, published_at, id);
CREATE INDEX posts_by_author ON posts (actor_id, status, published_at, id);

CREATE TABLE post_tags (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (post_id, position)
);
CREATE INDEX post_tags_by_key ON post_tags (key, post_id);

CREATE TABLE comments (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  parent_id BIGINT REFERENCES comments (id),
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  local BOOLEAN NOT NULL,
  status TEXT NOT NULL,
  visibility TEXT NOT NULL,
  position INTEGER,
  url TEXT NOT NULL,
  html TEXT NOT NULL,
  source TEXT,
  language TEXT,
  mentions TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  edited_at BIGINT,
  received_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX comments_by_post ON comments (post_id, id);
CREATE INDEX comments_by_parent ON comments (parent_id, position);
CREATE INDEX comments_top ON comments (post_id, position) WHERE parent_id IS NULL;
CREATE INDEX comments_by_actor ON comments (actor_id, status);
CREATE INDEX comments_by_status ON comments (status, id);

-- Replies whose parent is not known yet.
CREATE TABLE parked (
  ap_id TEXT PRIMARY KEY NOT NULL,
  parent_ap_id TEXT NOT NULL,
  actor_ap_id TEXT NOT NULL,
  document TEXT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX parked_by_parent ON parked (parent_ap_id);
CREATE INDEX parked_by_time ON parked (received_at);

CREATE TABLE reactions (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  target_ap_id TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  UNIQUE (target_ap_id, kind, actor_id)
);
CREATE INDEX reactions_by_post ON reactions (post_id, kind, id);
CREATE INDEX reactions_by_actor ON reactions (actor_id);

-- People elsewhere who follow an account here.
CREATE TABLE followers (
  id BIGINT PRIMARY KEY NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  follower_id BIGINT NOT NULL REFERENCES actors (id),
  follow_ap_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (actor_id, follower_id)
);
CREATE INDEX followers_by_follower ON followers (follower_id);

-- People elsewhere whom an account here follows.
CREATE TABLE following (
  id BIGINT PRIMARY KEY NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  target_id BIGINT NOT NULL REFERENCES actors (id),
  follow_ap_id TEXT NOT NULL UNIQUE,
  accepted_at BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (actor_id, target_id)
);

-- What accounts here wrote under other people's posts.
CREATE TABLE notes (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  parent_ap_id TEXT NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  language TEXT,
  mentions TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  deleted_at BIGINT
);

-- What our actors did, as it was sent.
CREATE TABLE activities (
  id BIGINT PRIMARY KEY NOT NULL,
  ap_id TEXT NOT NULL UNIQUE,
  actor_id BIGINT NOT NULL REFERENCES actors (id),
  post_id BIGINT,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE deliveries (
  id BIGINT PRIMARY KEY NOT NULL,
  activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
  actor_id BIGINT NOT NULL,
  post_id BIGINT,
  inbox TEXT NOT NULL,
  host TEXT NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  last_status INTEGER,
  last_error TEXT,
  created_at BIGINT NOT NULL,
  done_at BIGINT,
  UNIQUE (activity_id, inbox)
);
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state < 2;
CREATE INDEX deliveries_by_host ON deliveries (host) WHERE state < 2;
CREATE INDEX deliveries_by_post ON deliveries (post_id, state);
CREATE INDEX deliveries_by_state ON deliveries (state);

CREATE TABLE jobs (
  id BIGINT PRIMARY KEY NOT NULL,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT
);
CREATE INDEX jobs_due ON jobs (run_at);

-- What we remember of other servers: how they want signatures, and whether they answer at all.
CREATE TABLE hosts (
  host TEXT PRIMARY KEY NOT NULL,
  signature_form TEXT,
  failures INTEGER NOT NULL,
  blocked BOOLEAN NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Activities that were taken in already.
CREATE TABLE received (
  ap_id TEXT PRIMARY KEY NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX received_by_time ON received (received_at);

-- Objects that are gone: ours answer 410, others' stay gone when their Create comes late.
CREATE TABLE tombstones (
  ap_id TEXT PRIMARY KEY NOT NULL,
  former_type TEXT NOT NULL,
  actor_ap_id TEXT NOT NULL,
  deleted_at BIGINT NOT NULL
);
