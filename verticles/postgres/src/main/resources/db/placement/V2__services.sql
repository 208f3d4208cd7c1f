-- Which services have something in every shard, and which files describe it.
CREATE TABLE shards.services (
  name text PRIMARY KEY,
  location text NOT NULL
);
