-- What orders were worth to this shard's users. Nothing in it is ever changed.
CREATE TABLE ${shard}.points (
  event uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  order_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('order-placed', 'order-cancelled')),
  points bigint NOT NULL,
  -- When it happened, not when it was booked.
  created_at timestamptz NOT NULL,
  -- Also when the inbox has forgotten an event that an operator sends again.
  UNIQUE (order_id, kind)
);

CREATE INDEX points_of_user ON ${shard}.points (user_id, created_at DESC, event DESC);

-- The sum of a user's ledger, kept with it.
CREATE TABLE ${shard}.point_balances (
  user_id uuid PRIMARY KEY,
  balance bigint NOT NULL
);
