-- The devices that this shard's users have registered.
CREATE TABLE ${shard}.devices (
  user_id uuid NOT NULL,
  -- In the order of its bytes, whatever the database's collation.
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('phone', 'tablet', 'tv', 'frame', 'speaker', 'light', 'printer')),
  -- Empty when it is carried or unknown.
  location text NOT NULL,
  -- What it can be told to do, in the order of the alphabet.
  capabilities text[] NOT NULL,
  -- Where its commands are sent, and what they are signed with; null for a device that fetches them.
  webhook text,
  webhook_secret text,
  -- When that secret was made.
  secret_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, id),
  CHECK ((webhook IS NULL) = (webhook_secret IS NULL) AND (webhook IS NULL) = (secret_at IS NULL))
);

-- What they were told to do, and what came of it.
CREATE TABLE ${shard}.device_commands (
  user_id uuid NOT NULL,
  -- Names the command wherever it comes from, so that it is booked once.
  id uuid NOT NULL,
  -- The order in which a device gets its commands.
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  device text COLLATE "C" NOT NULL,
  intent text NOT NULL,
  target_kind text,
  target_id text,
  -- A JSON object.
  arguments text NOT NULL,
  -- The utterance that it comes from.
  decision_source text NOT NULL,
  decision_id text NOT NULL,
  revision integer NOT NULL,
  -- The command that it corrects; null for none.
  replaces uuid,
  state text NOT NULL CHECK (state IN
    ('pending', 'delivered', 'acknowledged', 'expired', 'superseded', 'rejected')),
  -- A short name of why it was rejected; null for others.
  reason text,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- When it was booked here.
  created_at timestamptz NOT NULL,
  -- When it was handed to its device first.
  delivered_at timestamptz,
  -- When it came into the state that it stays in.
  ended_at timestamptz,
  -- What its device said: 'done' or 'failed', and in its own words.
  ack_status text CHECK (ack_status IN ('done', 'failed')),
  ack_detail text,
  PRIMARY KEY (user_id, id),
  CHECK ((ended_at IS NULL) = (state IN ('pending', 'delivered'))),
  CHECK ((ack_status IS NULL) = (state <> 'acknowledged')),
  CHECK ((reason IS NULL) = (state <> 'rejected'))
);

CREATE INDEX device_commands_of_device
  ON ${shard}.device_commands (user_id, device, created_at DESC, id DESC);
CREATE INDEX device_commands_open
  ON ${shard}.device_commands (user_id, device, seq) WHERE ended_at IS NULL;
CREATE INDEX device_commands_expiring
  ON ${shard}.device_commands (expires_at) WHERE ended_at IS NULL;
CREATE INDEX device_commands_ended
  ON ${shard}.device_commands (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX device_commands_replacing
  ON ${shard}.device_commands (user_id, replaces) WHERE replaces IS NOT NULL;
