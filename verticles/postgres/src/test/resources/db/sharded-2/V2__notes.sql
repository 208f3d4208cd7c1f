CREATE TABLE ${shard}.notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing uuid NOT NULL REFERENCES ${shard}.things,
  -- A semicolon; and quotes 'inside'.
  text text NOT NULL DEFAULT ';'
);

CREATE FUNCTION ${shard}.note_count() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM ${shard}.notes);
END $$;
