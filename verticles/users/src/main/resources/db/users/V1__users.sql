-- Confirmed users. Whatever writes here, psql included, takes the next version and leaves a row in
-- users.changes, which the near-caches of all nodes follow (docs/adr/0009-near-cache.md).
CREATE TABLE users.users (
  id uuid PRIMARY KEY,
  -- As its owner wrote it.
  email text NOT NULL,
  -- What makes two addresses the same: NFC, lower case.
  email_key text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL CHECK (created_at >= 'epoch'),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT users_email_key UNIQUE (email_key)
);

CREATE INDEX users_by_creation ON users.users (created_at, id);

-- Attempts to become a user. Of the attempts for one address that have not expired, the one with
-- the highest seq holds it.
CREATE TABLE users.reservations (
  user_id uuid PRIMARY KEY,
  email text NOT NULL,
  email_key text NOT NULL,
  name text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  expires_at timestamptz NOT NULL
);

CREATE INDEX reservations_by_email ON users.reservations (email_key, seq);

CREATE INDEX reservations_by_expiry ON users.reservations (expires_at);

-- What happened to cached rows lately. A reader keeps the pg_snapshot of its last look; new to it is
-- what that snapshot could not see, in whatever order transactions committed. The nil user_id means
-- every user.
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

CREATE TRIGGER take_next_version BEFORE UPDATE ON users.users
  FOR EACH ROW EXECUTE FUNCTION users.take_next_version();

CREATE FUNCTION users.record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users.changes (user_id, version, deleted)
  VALUES (OLD.id, OLD.version + 1, TG_OP = 'DELETE' OR NEW.id <> OLD.id);
  RETURN NULL;
END $$;

CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON users.users
  FOR EACH ROW EXECUTE FUNCTION users.record_change();

CREATE FUNCTION users.record_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users.changes (user_id, version, deleted)
  VALUES ('00000000-0000-0000-0000-000000000000', 0, true);
  RETURN NULL;
END $$;

CREATE TRIGGER record_truncation AFTER TRUNCATE ON users.users
  FOR EACH STATEMENT EXECUTE FUNCTION users.record_truncation();
