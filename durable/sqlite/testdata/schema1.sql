PRAGMA application_id = 1097032548;
PRAGMA user_version = 1;
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
INSERT INTO link VALUES (1, 'acme', '10001', 5, 1, 1, 1, 1);
INSERT INTO ref VALUES ('acme', '10001', 1);
INSERT INTO ref VALUES ('beta', '20001', 1);
INSERT INTO part VALUES (1, '', '', '', '{"id":"acme/10001","rules":"digest"}');
INSERT INTO part VALUES (1, '', 'agreed', 'comments[beta/31]', '{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}}');
INSERT INTO part VALUES (1, '', 'agreed', 'description', '{"text":1}');
INSERT INTO part VALUES (1, '', 'agreed', 'labels', '["hot","now"]');
INSERT INTO part VALUES (1, '', 'agreed', 'summary', '"Printer on fire"');
INSERT INTO part VALUES (1, '', 'held', 'labels', '{"claims":[{"by":"beta","person":"Ben","at":"2026-03-01T12:00:00.123Z","uncertainty":1000000000,"heard":"2026-03-01T12:00:00.123Z","base":"a","value":"b","raw":"B","lost":true}],"since":"2026-03-01T12:00:00.123Z"}');
INSERT INTO part VALUES (1, '', 'said', 'summary', '{"by":"acme","person":"Ann","at":"2026-03-01T12:00:00.123Z","raw":"Printer on fire"}');
INSERT INTO part VALUES (1, 'acme', '', '', '{"ref":"acme/10001","key":"SUP-1","heard":{"at":"2026-03-01T12:00:00.123Z","ids":["7","8"]}}');
INSERT INTO part VALUES (1, 'acme', 'base', 'comments[beta/31]', '{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}}');
INSERT INTO part VALUES (1, 'acme', 'base', 'description', '{"text":1}');
INSERT INTO part VALUES (1, 'acme', 'base', 'labels', '["hot","now"]');
INSERT INTO part VALUES (1, 'acme', 'base', 'summary', '"Printer on fire"');
INSERT INTO part VALUES (1, 'acme', 'shown', 'comments[beta/31]', '{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}}');
INSERT INTO part VALUES (1, 'acme', 'shown', 'description', '{"text":1}');
INSERT INTO part VALUES (1, 'acme', 'shown', 'labels', '["hot","now"]');
INSERT INTO part VALUES (1, 'acme', 'shown', 'summary', '"Printer on fire"');
INSERT INTO part VALUES (1, 'beta', '', '', '{"ref":"beta/20001"}');
INSERT INTO part VALUES (1, 'beta', 'rows', 'comments[beta/31]', '{"id":"31","version":"2","created":"2026-03-01T12:00:00.123Z"}');
INSERT INTO part VALUES (1, 'beta', 'sent', '0000', '{"turn":"t1","first":"2026-03-01T12:00:00.123Z","at":"2026-03-01T12:00:00.123Z","until":"2026-03-01T12:00:00.123Z","repeated":true,"want":{"comments[beta/31]":{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}},"description":{"text":1},"labels":["hot","now"],"summary":"Printer on fire"},"wrote":{"comments[beta/31]":{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}},"description":{"text":1},"labels":["hot","now"],"summary":"Printer on fire"},"from":{"comments[beta/31]":null},"create":true,"reply":{"summary":{"state":"refused","why":"too long"}}}');
INSERT INTO part VALUES (1, 'beta', 'tried', 'labels', '{"value":["hot"],"count":2,"first":"2026-03-01T12:00:00.123Z","next":"2026-03-01T12:00:00.123Z","why":"no such label"}');
INSERT INTO text VALUES (1, X'D7208B78BB57E5BCEB7DE754DD81B84DA6797DE26876AD0887F5415FCDB2E6A1', '{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke smoke "}]}]}');
INSERT INTO history VALUES (1, 1, '{"at":"2026-03-01T12:00:00.123Z","turn":"t1","event":{"ref":"acme/10001","cause":"webhook","delivery":"d","at":"2026-03-01T12:00:00.123Z","rows":[{"id":"31","by":"Ben","updated":"2026-03-01T12:00:00.123Z"}]},"agreed":{"comments[beta/31]":{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}},"description":{"text":1},"labels":["hot","now"],"summary":"Printer on fire"},"changes":[{"on":"beta/20001","link":"acme/10001","turn":"t1","patch":{"comments[beta/31]":{"row":{"author":"Ann","body":{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"Run!"}]}]}}},"description":{"text":1},"labels":["hot","now"],"summary":"Printer on fire"},"from":{"comments[beta/31]":null},"start":"2026-03-01T12:00:00.123Z"}],"replies":{"beta":{"summary":{"state":"done"}}},"claims":{"labels":[{"by":"beta","person":"Ben","at":"2026-03-01T12:00:00.123Z","uncertainty":1000000000,"heard":"2026-03-01T12:00:00.123Z","base":"a","value":"b","raw":"B","lost":true}]},"overruled":{"labels":[{"by":"beta","person":"Ben","at":"2026-03-01T12:00:00.123Z","uncertainty":1000000000,"heard":"2026-03-01T12:00:00.123Z","base":"a","value":"b","raw":"B","lost":true}]},"note":"first"}');
INSERT INTO state VALUES ('sweep/acme', X'7B226174223A22323032362D30332D3031227D', 1, 1795521052724224593);
INSERT INTO queue VALUES (1, 'bulk', 0, 1772366401123000000, 'acme', '10001', 1772366400123000000, 1772366400123000000, 1772366401123000000, 0, 0, 'busy', '{"ref":"acme/10001","cause":"webhook","delivery":"d","at":"2026-03-01T12:00:00.123Z","rows":[{"id":"31","by":"Ben","updated":"2026-03-01T12:00:00.123Z"}]}');
