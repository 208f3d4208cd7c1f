-- The users of this shard. Whatever writes here, psql included, takes the next version and leaves a
-- row in users.changes of this database, which the near-caches of all nodes follow. Rows that logical
-- replication brings do neither: they have their version, and nobody has cached them from here.
CREATE TABLE ${shard}.users (
  id uuid PRIMARY KEY,
  -- As its owner wrote it.
  email text NOT NULL,
  -- What makes two addresses the same. Unique over all shards: users.emails in the home database.
  email_key text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL CHECK (created_at >= 'epoch'),
  version bigint NOT NULL DEFAULT 1
);

CREATE INDEX users_by_creation ON ${shard}.users (created_at, id);

-- What the shards of a database share comes with the first of them, at whatever time that is; see
-- docs/adr/0009-near-cache.md.
DO $feed$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('starling users.changes', 0));
  IF to_regclass('users.changes') IS NOT NULL THEN
    RETURN;
  END IF;
  IF to_regnamespace('users') IS NULL THEN
    CREATE SCHEMA users;
  END IF;

  -- What happened lately to users that may be cached. A reader keeps the pg_snapshot of its last look;
  -- new to it is what that snapshot could not see, in whatever order transactions committed. The nil
  -- user_id means every user of this database.
  CREATE TABLE users.changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    user_id uuid NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    PRIMARY KEY (xid, user_id, version)
  );

  CREATE FUNCTION users.take_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
  END $$;

  CREATE FUNCTION users.record_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO users.changes (user_id, version, deleted)
    VALUES (OLD.id, OLD.version + 1, TG_OP = 'DELETE' OR NEW.id <> OLD.id);
    RETURN NULL;
  END $$;

  CREATE FUNCTION users.record_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO users.changes (user_id, version, deleted)
    VALUES ('00000000-0000-0000-0000-000000000000', 0, true)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
END $feed$;

CREATE TRIGGER take_next_version BEFORE UPDATE ON ${shard}.users
  FOR EACH ROW EXECUTE FUNCTION users.take_next_version();

CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON ${shard}.users
  FOR EACH ROW EXECUTE FUNCTION users.record_change();

CREATE TRIGGER record_truncation AFTER TRUNCATE ON ${shard}.users
  FOR EACH STATEMENT EXECUTE FUNCTION users.record_truncation();
