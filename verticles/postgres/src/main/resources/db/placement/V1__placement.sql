-- Where each logical shard is. The configuration says so only for the first start; a move changes
-- the row, and every node follows.
CREATE TABLE shards.placement (
  shard smallint PRIMARY KEY CHECK (shard BETWEEN 0 AND 31),
  -- A name of the configuration.
  database text NOT NULL,
  -- Grows with each move.
  epoch bigint NOT NULL DEFAULT 1 CHECK (epoch > 0)
);
