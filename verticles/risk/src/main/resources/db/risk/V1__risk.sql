-- What this shard's users ordered: what the next order is compared with.
CREATE TABLE ${shard}.risk_orders (
  user_id uuid NOT NULL,
  order_id uuid NOT NULL,
  -- When it was placed; when it was cancelled, while only that is known.
  placed_at timestamptz NOT NULL,
  -- In whole units of its currency.
  amount double precision NOT NULL,
  cancelled_at timestamptz,
  PRIMARY KEY (user_id, order_id)
);

CREATE INDEX risk_orders_of_user ON ${shard}.risk_orders (user_id, placed_at DESC, order_id DESC);

-- Which articles a user ordered, and when first.
CREATE TABLE ${shard}.risk_articles (
  user_id uuid NOT NULL,
  sku text COLLATE "C" NOT NULL,
  first_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, sku)
);

-- What the model said of an order, and of what; never changed.
CREATE TABLE ${shard}.risk_scores (
  order_id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  score double precision NOT NULL CHECK (score >= 0 AND score <= 1),
  reasons text NOT NULL,
  -- As the model got them, so that it can be said later what it knew, and so that the next model can
  -- be trained.
  features real[] NOT NULL,
  model_version text NOT NULL,
  scored_at timestamptz NOT NULL
);
