-- What this shard's users bought, and together with what; docs/adr/0028-co-purchases.md.

-- In how many orders of a user that were not cancelled an article is.
CREATE TABLE ${shard}.purchases (
  user_id uuid NOT NULL,
  sku text NOT NULL,
  orders bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, sku)
);

-- In how many orders of this shard two articles are; each pair has two rows, one for each direction.
CREATE TABLE ${shard}.co_purchases (
  sku text NOT NULL,
  other text NOT NULL,
  orders bigint NOT NULL,
  PRIMARY KEY (sku, other)
);

-- Reads take the best of an article and stop.
CREATE INDEX co_purchases_best ON ${shard}.co_purchases (sku, orders DESC);

-- Which events of an order were seen, so that one that is cancelled takes back what it was counted
-- for, in whichever order the two come.
CREATE TABLE ${shard}.counted_orders (
  order_id uuid PRIMARY KEY,
  placed boolean NOT NULL,
  cancelled boolean NOT NULL
);
