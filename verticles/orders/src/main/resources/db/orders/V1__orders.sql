-- What can be bought. Every shard knows every product, so that a price needs no other database.
CREATE TABLE ${shard}.products (
  sku text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  -- In minor units, e.g. cents.
  price bigint NOT NULL CHECK (price >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Of all shards together, when the product was made.
  initial_stock bigint NOT NULL CHECK (initial_stock >= 0)
);

-- This shard's slice of the stock; see docs/adr/0024-orders.md. A slice's available + given - taken
-- does not change when stock moves to another shard, so its sum over all shards is the stock
-- wherever that is, under way included, also when shards are read one after the other.
CREATE TABLE ${shard}.stock (
  sku text COLLATE "C" PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0),
  -- Ever sent to other shards, and received from them.
  given bigint NOT NULL DEFAULT 0 CHECK (given >= 0),
  taken bigint NOT NULL DEFAULT 0 CHECK (taken >= 0)
) WITH (fillfactor = 50); -- Room for many versions of a row in its page: updates touch no index.

CREATE TABLE ${shard}.orders (
  user_id uuid NOT NULL,
  -- Version 7: in the order in which they were made.
  id uuid NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  -- Of the body under that key.
  fingerprint uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('confirmed', 'cancelled')),
  total bigint NOT NULL CHECK (total >= 0),
  currency text NOT NULL,
  lines jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  -- Finds one order of a user, and lists them.
  PRIMARY KEY (user_id, id),
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);

-- An order is stored once for each key, however many nodes try.
CREATE UNIQUE INDEX orders_idempotency_key ON ${shard}.orders (user_id, idempotency_key);
