-- What this shard's users said, and what their devices saw and did; docs/fusion.md. A row is complete
-- when it is written, and nothing of it is ever changed.
CREATE TABLE ${shard}.fusion_events (
  user_id uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  -- 0 utterance, 1 image, 2 behaviour: each has a bound of its own.
  modality smallint NOT NULL,
  -- By the clock of its device: when it happened, and when it was sent.
  time timestamptz NOT NULL,
  sent_at timestamptz NOT NULL,
  -- By the clock of the node that took it.
  received_at timestamptz NOT NULL,
  -- The offset from UTC that its device wrote; null when it wrote Z.
  zone_minutes smallint,
  -- JSON.
  content text NOT NULL,
  -- Numbers of four bytes, little-endian: of an utterance's text, or of a picture.
  vector bytea,
  PRIMARY KEY (user_id, source, id)
);

CREATE INDEX fusion_events_timeline ON ${shard}.fusion_events (user_id, modality, received_at);
CREATE INDEX fusion_events_old ON ${shard}.fusion_events (received_at);

-- Utterances that are to be looked at, written together with their event: to be decided (revision
-- 0), or to be looked at again when nothing that comes later is to change the decision any more.
CREATE TABLE ${shard}.fusion_due (
  user_id uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  due_at timestamptz NOT NULL,
  -- The latest one, and up to when the log had been read for it.
  revision integer NOT NULL DEFAULT 0,
  as_of timestamptz,
  PRIMARY KEY (user_id, source, id)
);

CREATE INDEX fusion_due_at ON ${shard}.fusion_due (due_at);

-- What utterances meant. A revision is written once, whoever decides it.
CREATE TABLE ${shard}.fusion_decisions (
  user_id uuid NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  -- Of version 7: about in the order in which they were made.
  uid uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  -- What makes a revision another one.
  outcome text NOT NULL,
  -- The command's id; null when there is none.
  command uuid,
  -- JSON, as clients get it.
  answer text NOT NULL,
  explanation text NOT NULL,
  PRIMARY KEY (user_id, id, source, revision)
);

CREATE UNIQUE INDEX fusion_decisions_uid ON ${shard}.fusion_decisions (user_id, uid);
CREATE INDEX fusion_decisions_old ON ${shard}.fusion_decisions (decided_at);
