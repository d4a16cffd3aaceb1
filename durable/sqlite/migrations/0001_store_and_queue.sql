-- What is known about links.

CREATE TABLE link (
  n           INTEGER PRIMARY KEY,
  participant TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  width       INTEGER NOT NULL, -- bytes of id: a shorter id comes first
  revision    INTEGER NOT NULL,
  held        INTEGER NOT NULL, -- 1: a field is held
  refused     INTEGER NOT NULL, -- 1: a field is refused somewhere
  open        INTEGER NOT NULL  -- 1: a write's end is not known
) STRICT;
CREATE UNIQUE INDEX link_order ON link (participant, width, id);
CREATE INDEX link_held ON link (participant, width, id) WHERE held;
CREATE INDEX link_refused ON link (participant, width, id) WHERE refused;
CREATE INDEX link_open ON link (participant, width, id) WHERE open;

CREATE TABLE ref ( -- the ids of links and of their sides
  participant TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  link        INTEGER NOT NULL,
  PRIMARY KEY (participant, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE part ( -- a link, place by place
  link        INTEGER NOT NULL,
  participant TEXT    NOT NULL, -- of a side; '': what all sides share
  kind        TEXT    NOT NULL, -- '': what has no part of its own; agreed, said, held; of a side: shown, base, rows, sent, tried
  place       TEXT    NOT NULL, -- of a sent: its position
  value       TEXT    NOT NULL, -- JSON; a long text in it is {"text":n}
  PRIMARY KEY (link, participant, kind, place)
) WITHOUT ROWID, STRICT;

CREATE TABLE text ( -- each long text once, however many places and records hold it
  n    INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE, -- SHA-256 of body
  body TEXT NOT NULL         -- JSON
) STRICT;

CREATE TABLE history (
  n    INTEGER PRIMARY KEY, -- in the order of the commits
  link INTEGER NOT NULL,
  body TEXT    NOT NULL     -- JSON of one record, as part.value
) STRICT;
CREATE INDEX history_link ON history (link, n);

CREATE TABLE state (
  name     TEXT    PRIMARY KEY,
  value    BLOB    NOT NULL, -- JSON
  revision INTEGER NOT NULL,
  changed  INTEGER NOT NULL  -- ns since 1970
) WITHOUT ROWID, STRICT;

-- What is to be looked at. Times are ns since 1970; 0: none.

CREATE TABLE queue (
  n           INTEGER PRIMARY KEY,
  lane        TEXT    NOT NULL, -- live, bulk
  state       INTEGER NOT NULL, -- 0: it waits, 1: it is being handled, 2: it is dead
  due         INTEGER NOT NULL, -- 0: the later of at and floor; 1: hidden until then
  participant TEXT    NOT NULL,
  issue       TEXT    NOT NULL,
  heard       INTEGER NOT NULL, -- of the event
  at          INTEGER NOT NULL,
  floor       INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  token       INTEGER NOT NULL, -- of whoever received it last
  why         TEXT    NOT NULL,
  event       TEXT    NOT NULL  -- JSON
) STRICT;
CREATE UNIQUE INDEX queue_waits ON queue (participant, issue, lane) WHERE state = 0;
CREATE UNIQUE INDEX queue_busy ON queue (participant, issue, lane) WHERE state = 1;
CREATE INDEX queue_due ON queue (lane, due) WHERE state < 2;
CREATE INDEX queue_dead ON queue (heard, n) WHERE state = 2;
