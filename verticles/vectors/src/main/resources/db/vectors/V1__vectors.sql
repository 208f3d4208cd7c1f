-- Collections of this shard's users, and points of any collection that belong here; docs/vectors.md.

-- A collection that is deleted keeps its row until no shard has points of it; its name is free at once.
CREATE TABLE ${shard}.vector_collections (
  id uuid PRIMARY KEY,
  owner uuid NOT NULL,
  name text NOT NULL,
  dimension integer NOT NULL,
  metric smallint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);

CREATE UNIQUE INDEX vector_collections_name ON ${shard}.vector_collections (owner, name)
  WHERE deleted_at IS NULL;

CREATE INDEX vector_collections_deleted ON ${shard}.vector_collections (deleted_at)
  WHERE deleted_at IS NOT NULL;

-- A point whose vector is null was deleted. One without an id says that its collection was: what is
-- read after it of this collection does not count.
CREATE TABLE ${shard}.vectors (
  collection uuid NOT NULL,
  id text NOT NULL,
  -- Whoever has read up to one change has missed none before it: see vector_changes.
  change bigint NOT NULL,
  metric smallint NOT NULL,
  -- Numbers of four bytes, little-endian.
  vector bytea,
  attributes text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (collection, id)
);

CREATE UNIQUE INDEX vectors_change ON ${shard}.vectors (change);

CREATE INDEX vectors_deleted ON ${shard}.vectors (changed_at) WHERE vector IS NULL;

-- One row. Who writes points takes their numbers from it and keeps it locked until the commit, so
-- numbers become visible in their order, and none is left out.
CREATE TABLE ${shard}.vector_changes (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  last bigint NOT NULL DEFAULT 0,
  -- Rows of deleted points up to this change may have been removed.
  forgotten bigint NOT NULL DEFAULT 0
);

INSERT INTO ${shard}.vector_changes DEFAULT VALUES;
