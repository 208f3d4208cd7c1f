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

CREATE TRIGGER take_next_version BEFORE UPDATE ON ${shard}.users
  FOR EACH ROW EXECUTE FUNCTION users.take_next_version();

CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON ${shard}.users
  FOR EACH ROW EXECUTE FUNCTION users.record_change();

CREATE TRIGGER record_truncation AFTER TRUNCATE ON ${shard}.users
  FOR EACH STATEMENT EXECUTE FUNCTION users.record_truncation();
