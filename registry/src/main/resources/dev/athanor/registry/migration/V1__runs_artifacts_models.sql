-- Plain SQL that SQLite and PostgreSQL both read. Times are ISO-8601 texts in UTC, which sort as they should.

CREATE TABLE runs (
  id           TEXT PRIMARY KEY,       -- "<recipe name>-<number>"
  name         TEXT NOT NULL,          -- the recipe's name
  number       INTEGER NOT NULL,       -- counts the runs of one name from 1
  recipe       TEXT NOT NULL,          -- the resolved recipe, YAML
  folder       TEXT NOT NULL,
  code_version TEXT NOT NULL,
  status       TEXT NOT NULL,          -- running, finished, failed
  started      TEXT NOT NULL,
  ended        TEXT,
  UNIQUE (name, number)
);
CREATE INDEX runs_started ON runs (started);

-- What each run's stages gave it, reused or new.
CREATE TABLE artifacts (
  run_id       TEXT NOT NULL REFERENCES runs (id),
  position     INTEGER NOT NULL,       -- the order of the stages
  stage        TEXT NOT NULL,
  artifact_key TEXT NOT NULL,          -- SHA-256 of what it was computed from
  digest       TEXT NOT NULL,          -- SHA-256 of what it is
  folder       TEXT NOT NULL,
  seconds      DOUBLE PRECISION NOT NULL,
  created      TEXT NOT NULL,
  code_version TEXT NOT NULL,
  reused       INTEGER NOT NULL,
  PRIMARY KEY (run_id, stage)
);
CREATE INDEX artifacts_digest ON artifacts (digest);

CREATE TABLE artifact_inputs (
  run_id       TEXT NOT NULL,
  stage        TEXT NOT NULL,
  input_stage  TEXT NOT NULL,
  input_digest TEXT NOT NULL,
  PRIMARY KEY (run_id, stage, input_stage),
  FOREIGN KEY (run_id, stage) REFERENCES artifacts (run_id, stage) ON DELETE CASCADE
);

CREATE TABLE models (
  name            TEXT NOT NULL,
  version         INTEGER NOT NULL,
  path            TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  run_id          TEXT NOT NULL REFERENCES runs (id),
  artifact_digest TEXT NOT NULL,       -- of the artifact that holds the model
  released        TEXT NOT NULL,
  PRIMARY KEY (name, version)
);
CREATE INDEX models_released ON models (released);

CREATE TABLE scores (
  model_name    TEXT NOT NULL,
  model_version INTEGER NOT NULL,
  metric        TEXT NOT NULL,
  score         DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (model_name, model_version, metric),
  FOREIGN KEY (model_name, model_version) REFERENCES models (name, version)
);
