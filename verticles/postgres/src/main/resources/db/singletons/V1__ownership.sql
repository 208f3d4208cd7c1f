-- Who does what only one node of the cluster may do, and until when. All times are the server's.
CREATE TABLE singletons.ownership (
  name text PRIMARY KEY,
  -- A node's id, which is never used again.
  owner text NOT NULL,
  -- Grows with each term of office; what the owner of an earlier one writes is refused.
  epoch bigint NOT NULL CHECK (epoch > 0),
  expires_at timestamptz NOT NULL,
  -- Makes a new epoch a change of a key. So a transaction that holds the row FOR KEY SHARE lets its
  -- owner renew the term, and makes the next owner wait until it has ended.
  CONSTRAINT ownership_term UNIQUE (name, epoch)
);
