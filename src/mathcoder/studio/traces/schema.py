"""The tables of an index. What filters look at is in `groups`, so that a filter is decided once for many rows."""

from __future__ import annotations

__all__ = ["COLUMNS", "FACETS", "SCHEMA", "VERSION"]

VERSION = 1
"""Of the tables and of what is written into them; an index of another version is made again."""

FACETS = ("benchmark", "level", "subject", "outcome", "error", "rounds", "vote")
"""What rows are filtered by. An `error` is the type of one that the code raised; a row may have several."""

COLUMNS = ("question", "text", "code", "output")
"""The parts of a solution that text is looked for in."""

SCHEMA = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE groups (
    id INTEGER PRIMARY KEY, {", ".join(FACETS)}, count INTEGER NOT NULL DEFAULT 0, UNIQUE ({", ".join(FACETS)})
);
CREATE TABLE questions (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, question TEXT);
CREATE TABLE rows (
    place INTEGER PRIMARY KEY,
    grp INTEGER NOT NULL,
    id TEXT, benchmark TEXT, problem TEXT, sample INTEGER, question INTEGER, reference TEXT, answer TEXT,
    correct INTEGER, rule TEXT, checked TEXT, ended TEXT, outcome TEXT,
    rounds INTEGER, tokens INTEGER, seconds REAL,
    vote TEXT, chosen INTEGER
);
CREATE INDEX by_place ON rows (place, grp);
CREATE INDEX by_rounds ON rows (rounds, place, grp);
CREATE INDEX by_tokens ON rows (tokens, place, grp);
CREATE INDEX by_seconds ON rows (seconds, place, grp);
CREATE INDEX by_id ON rows (id);
CREATE INDEX by_problem ON rows (benchmark, problem);
CREATE INDEX by_vote ON rows (vote) WHERE vote = 'counting';
CREATE TABLE bodies (place INTEGER PRIMARY KEY, body BLOB);
CREATE VIRTUAL TABLE words USING fts5 (
    {", ".join(COLUMNS)}, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2"
);
"""
