-- What happened lately to cached users of the shards in this database; see docs/adr/0009-near-cache.md.
-- A reader keeps the pg_snapshot of its last look; new to it is what that snapshot could not see, in
-- whatever order transactions committed. The nil user_id means every user of this database.
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
