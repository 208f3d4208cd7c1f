-- What this shard's users were told.
CREATE TABLE ${shard}.notifications (
  -- Of the event that it tells of.
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  text text NOT NULL,
  -- When what it tells of happened.
  created_at timestamptz NOT NULL
);

CREATE INDEX notifications_of_user ON ${shard}.notifications (user_id, created_at DESC, id DESC);

-- How far each way of sending one is. One that is not configured has no row.
CREATE TABLE ${shard}.notification_channels (
  notification uuid NOT NULL REFERENCES ${shard}.notifications ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('email', 'sms')),
  state text NOT NULL CHECK (state IN ('requested', 'sent', 'failed')),
  -- Whoever sends it has taken it until then, so that two do not send it at once.
  taken_until timestamptz,
  sent_at timestamptz,
  PRIMARY KEY (notification, channel)
);
