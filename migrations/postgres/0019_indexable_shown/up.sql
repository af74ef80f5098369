-- An actor's document says whether it may be found by searching, too (see 0012_changes).
CREATE OR REPLACE FUNCTION antiphon_actors_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.name, OLD.summary, OLD.url, OLD.username, OLD.host, OLD.avatar, OLD.indexable)
    IS DISTINCT FROM (NEW.name, NEW.summary, NEW.url, NEW.username, NEW.host, NEW.avatar, NEW.indexable) THEN
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
