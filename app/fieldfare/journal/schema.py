"""The journal's tables, as numbered steps: a journal of an older Fieldfare is led to this one, and loses nothing."""

from __future__ import annotations

APPLICATION_ID = 0x4646464A  # "FFFJ", in the header of the file

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;  -- what is current
    CREATE TABLE machine (
        maker TEXT NOT NULL, model TEXT NOT NULL, serial TEXT NOT NULL, packs TEXT NOT NULL, used TEXT NOT NULL,
        PRIMARY KEY (maker, model, serial)
    ) WITHOUT ROWID;
    CREATE TABLE job (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        machine TEXT NOT NULL,                 -- JSON
        title TEXT NOT NULL,
        order_number TEXT NOT NULL,
        begun TEXT NOT NULL,                   -- UTC, ISO 8601
        ended TEXT
    );
    CREATE TABLE entry (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        deed TEXT NOT NULL                     -- JSON
    );
    CREATE INDEX entry_job ON entry (job, at);
    CREATE INDEX entry_kind ON entry (kind, at);
    CREATE TABLE attachment (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BLOB NOT NULL);
    CREATE TABLE attached (
        entry TEXT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        digest TEXT NOT NULL REFERENCES attachment,
        PRIMARY KEY (entry, digest)
    ) WITHOUT ROWID;
    CREATE INDEX attached_digest ON attached (digest);
    CREATE TABLE pin (
        id TEXT PRIMARY KEY, pack TEXT NOT NULL, reference TEXT NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE progress (
        job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        pack TEXT NOT NULL, document TEXT NOT NULL, heading TEXT NOT NULL,  -- JSON array
        at TEXT NOT NULL,
        progress TEXT NOT NULL,                -- JSON
        PRIMARY KEY (job, pack, document, heading)
    ) WITHOUT ROWID;
    """,
)
