-- Which part of what the node shows changed (see src/kept): told to every process by NOTIFY, in the transaction that changes it.
-- The triggers stand here, so no writer can forget them. The table is SQLite's, which has no NOTIFY; here it stays empty.
CREATE TABLE changes (
  id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  scope TEXT NOT NULL UNIQUE
);

-- Notes a scope; nothing without one. The setting lets the transaction find out at its end that it changed something.
CREATE FUNCTION antiphon_note(scope TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  IF scope IS NOT NULL THEN
    PERFORM pg_notify('antiphon_changes', scope);
    PERFORM set_config('antiphon.changed', '1', TRUE);
  END IF;
END $$;

-- Asks to be told when everything that this transaction changed has been told; False when it changed nothing.
CREATE FUNCTION antiphon_tell_end(token TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('antiphon.changed', TRUE) = '1' THEN
    PERFORM pg_notify('antiphon_changes', token);
    RETURN TRUE;
  END IF;
  RETURN FALSE;
END $$;

-- A post, and those just before and after it.
CREATE FUNCTION antiphon_note_around(post posts, at BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || post.id);
  PERFORM antiphon_note('post:' || id) FROM (SELECT id FROM posts WHERE status = 'published' AND published_at <= at
    AND (published_at < at OR id < post.id) ORDER BY published_at DESC, id DESC LIMIT 1) AS before;
  PERFORM antiphon_note('post:' || id) FROM (SELECT id FROM posts WHERE status = 'published' AND published_at >= at
    AND (published_at > at OR id > post.id) ORDER BY published_at, id LIMIT 1) AS after;
END $$;

CREATE FUNCTION antiphon_comments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'DELETE' AND (NEW.status IN ('published', 'deleted') AND NEW.visibility IN ('public', 'unlisted') AND NOT NEW.hidden))
    OR (TG_OP <> 'INSERT' AND (OLD.status IN ('published', 'deleted') AND OLD.visibility IN ('public', 'unlisted') AND NOT OLD.hidden)) THEN
    PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER comments_changed AFTER INSERT OR UPDATE OR DELETE ON comments FOR EACH ROW EXECUTE FUNCTION antiphon_comments_changed();

CREATE FUNCTION antiphon_reactions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER reactions_changed AFTER INSERT OR DELETE ON reactions FOR EACH ROW EXECUTE FUNCTION antiphon_reactions_changed();

CREATE FUNCTION antiphon_talk_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.standing = 'shown' THEN
    PERFORM antiphon_note('post:' || OLD.post_id);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.standing = 'shown' THEN
    PERFORM antiphon_note('post:' || NEW.post_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER talk_changed AFTER INSERT OR UPDATE OR DELETE ON talk FOR EACH ROW EXECUTE FUNCTION antiphon_talk_changed();

CREATE FUNCTION antiphon_wanted_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = NEW.state AND OLD.post_id IS NOT DISTINCT FROM NEW.post_id
    AND (OLD.attempts = 0) = (NEW.attempts = 0) THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' AND OLD.state <> 'stray' THEN
    PERFORM antiphon_note('post:' || OLD.post_id);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.state <> 'stray' THEN
    PERFORM antiphon_note('post:' || NEW.post_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER wanted_changed AFTER INSERT OR UPDATE OR DELETE ON wanted FOR EACH ROW EXECUTE FUNCTION antiphon_wanted_changed();

CREATE FUNCTION antiphon_pictures_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM antiphon_note('post:' || COALESCE(OLD.post_id, (SELECT post_id FROM comments WHERE id = OLD.comment_id)));
  ELSE
    PERFORM antiphon_note('post:' || COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER pictures_changed AFTER INSERT OR UPDATE OR DELETE ON pictures FOR EACH ROW EXECUTE FUNCTION antiphon_pictures_changed();

CREATE FUNCTION antiphon_emojis_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND NEW.file IS NOT NULL) OR (TG_OP = 'DELETE' AND OLD.file IS NOT NULL)
    OR (TG_OP = 'UPDATE' AND OLD.file IS DISTINCT FROM NEW.file) THEN
    PERFORM antiphon_note('emojis');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER emojis_changed AFTER INSERT OR UPDATE OR DELETE ON emojis FOR EACH ROW EXECUTE FUNCTION antiphon_emojis_changed();

CREATE FUNCTION antiphon_actors_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.name, OLD.summary, OLD.url, OLD.username, OLD.host, OLD.avatar)
    IS DISTINCT FROM (NEW.name, NEW.summary, NEW.url, NEW.username, NEW.host, NEW.avatar) THEN
    PERFORM antiphon_note('actor:' || NEW.id);
  END IF;
  IF (OLD.blocked, OLD.gone_at) IS DISTINCT FROM (NEW.blocked, NEW.gone_at) THEN
    PERFORM antiphon_note('actor:' || NEW.id);
    PERFORM antiphon_note('post:' || post_id) FROM (SELECT DISTINCT post_id FROM reactions WHERE actor_id = NEW.id) AS r;
    PERFORM antiphon_note('post:' || post_id) FROM (SELECT DISTINCT post_id FROM talk WHERE actor_id = NEW.id) AS t;
    PERFORM antiphon_note('followers:' || actor_id) FROM (SELECT DISTINCT actor_id FROM followers WHERE follower_id = NEW.id) AS f;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER actors_changed AFTER UPDATE ON actors FOR EACH ROW EXECUTE FUNCTION antiphon_actors_changed();

CREATE FUNCTION antiphon_actor_keys_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT local FROM actors WHERE id = NEW.actor_id) THEN
    PERFORM antiphon_note('actor:' || NEW.actor_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER actor_keys_changed AFTER INSERT ON actor_keys FOR EACH ROW EXECUTE FUNCTION antiphon_actor_keys_changed();

CREATE FUNCTION antiphon_posts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'DELETE' AND NEW.status = 'published') OR (TG_OP <> 'INSERT' AND OLD.status = 'published') THEN
    PERFORM antiphon_note('posts');
    PERFORM antiphon_note_around(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END,
      COALESCE(CASE WHEN TG_OP <> 'DELETE' THEN NEW.published_at END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.published_at END));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER posts_changed AFTER INSERT OR UPDATE OR DELETE ON posts FOR EACH ROW EXECUTE FUNCTION antiphon_posts_changed();

CREATE FUNCTION antiphon_post_tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER post_tags_changed AFTER INSERT OR DELETE ON post_tags FOR EACH ROW EXECUTE FUNCTION antiphon_post_tags_changed();

CREATE FUNCTION antiphon_followers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('followers:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.actor_id ELSE NEW.actor_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER followers_changed AFTER INSERT OR DELETE ON followers FOR EACH ROW EXECUTE FUNCTION antiphon_followers_changed();

CREATE FUNCTION antiphon_following_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('followers:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.actor_id ELSE NEW.actor_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER following_changed AFTER INSERT OR UPDATE OR DELETE ON following FOR EACH ROW EXECUTE FUNCTION antiphon_following_changed();

CREATE FUNCTION antiphon_accounts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('site');
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_changed AFTER INSERT OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION antiphon_accounts_changed();
