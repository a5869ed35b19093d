-- A content pack: one SQLite file. Written once by ingest/creator.py, published with VACUUM INTO, never changed.
-- Places (page, label, region) are NULL or '' where the source has none; regions are JSON arrays of four fractions.

CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    number TEXT NOT NULL,
    revision TEXT NOT NULL,
    date TEXT NOT NULL,
    language TEXT NOT NULL,
    licence TEXT NOT NULL,
    superseded_by INTEGER REFERENCES document  -- the document of this pack that replaces it
);

CREATE TABLE image (
    digest TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    data BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE sheet (
    document INTEGER NOT NULL REFERENCES document,
    page INTEGER NOT NULL,
    label TEXT NOT NULL,
    image TEXT REFERENCES image,
    PRIMARY KEY (document, page)
) WITHOUT ROWID;

CREATE TABLE section (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document,
    path TEXT NOT NULL,                -- JSON array of titles, outermost first
    page INTEGER,
    label TEXT NOT NULL
);

CREATE TABLE figure (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    caption TEXT NOT NULL,
    text TEXT NOT NULL,                -- the words inside the drawing
    image TEXT NOT NULL REFERENCES image,
    page INTEGER,
    label TEXT NOT NULL,
    region TEXT
);

CREATE TABLE hazard (
    id INTEGER PRIMARY KEY,
    signal_word TEXT NOT NULL,         -- as printed
    scheme TEXT NOT NULL,              -- the standard that gives the word its meaning
    text TEXT NOT NULL,                -- verbatim
    symbol TEXT NOT NULL,
    protects TEXT NOT NULL,            -- row, step, procedure or section
    page INTEGER,
    label TEXT NOT NULL,
    region TEXT
);

CREATE TABLE block (
    id INTEGER PRIMARY KEY,            -- reading order over the whole pack
    section INTEGER NOT NULL REFERENCES section,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    number TEXT NOT NULL,
    level INTEGER NOT NULL,
    caption TEXT NOT NULL,
    cells TEXT,                        -- JSON array of rows, tables only
    header_rows INTEGER NOT NULL,
    figure INTEGER REFERENCES figure,
    hazard INTEGER REFERENCES hazard,
    confidence REAL NOT NULL,          -- below 1 where the text was recognised from a picture
    page INTEGER,
    label TEXT NOT NULL,
    region TEXT
);
CREATE INDEX block_section ON block (section);

CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    section INTEGER NOT NULL REFERENCES section,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    first_block INTEGER NOT NULL REFERENCES block,
    last_block INTEGER NOT NULL REFERENCES block,
    cells_row INTEGER,                 -- the row of the table's cells that this passage is
    confidence REAL NOT NULL,          -- the lowest of its blocks
    page INTEGER,
    label TEXT NOT NULL,
    region TEXT
);

CREATE TABLE protects (
    passage INTEGER NOT NULL REFERENCES passage,
    hazard INTEGER NOT NULL REFERENCES hazard,
    PRIMARY KEY (passage, hazard)
) WITHOUT ROWID;

CREATE TABLE illustrates (
    passage INTEGER NOT NULL REFERENCES passage,
    figure INTEGER NOT NULL REFERENCES figure,
    PRIMARY KEY (passage, figure)
) WITHOUT ROWID;

CREATE TABLE identifier (
    key TEXT NOT NULL,                 -- text.identifier_key
    loose TEXT NOT NULL,               -- text.loose_key
    printed TEXT NOT NULL,
    passage INTEGER NOT NULL REFERENCES passage,
    defines INTEGER NOT NULL,          -- 1 where the passage is about it (its table row, its heading)
    PRIMARY KEY (key, passage)
) WITHOUT ROWID;
CREATE INDEX identifier_loose ON identifier (loose);

-- Beside these, FTS5 of the words that fieldfare.stems makes:
--   figure_words:  caption, heading, text; rowid is the figure
--   segment_words: the words of segments; rowid is the segment; segment_vocabulary (fts5vocab) says how frequent they are

CREATE TABLE stem (                    -- the words of passages as fieldfare.stems makes them; pack/words.py has the numbers
    stem TEXT PRIMARY KEY,
    passages INTEGER NOT NULL,         -- that it stands in
    fields BLOB NOT NULL,              -- in which it stands, once for each time, rising
    places BLOB NOT NULL               -- words before it in the field, as many
) WITHOUT ROWID;

CREATE TABLE shape (                   -- section (rising), kind, length, row, size: numbers of all passages in order
    name TEXT PRIMARY KEY,
    numbers BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE vectors (                 -- of passages and figures in order, in eight bits a number
    of TEXT PRIMARY KEY,               -- passage, figure
    data BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE word (                    -- words as printed, in small letters, for typing errors
    word TEXT PRIMARY KEY,
    passages INTEGER NOT NULL          -- that it stands in
) WITHOUT ROWID;

CREATE TABLE term (
    kind TEXT NOT NULL,                -- synonym, abbreviation, protected
    text TEXT NOT NULL,
    means TEXT NOT NULL,
    PRIMARY KEY (kind, text, means)
) WITHOUT ROWID;

CREATE TABLE language (code TEXT NOT NULL);  -- in which every warning is to have an approved translation

CREATE TABLE segment (                 -- texts with an approved translation: blocks, and their sentences where these can be told apart
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,                -- white space squeezed
    language TEXT NOT NULL,
    UNIQUE (text, language)
);

CREATE TABLE translation (
    segment INTEGER NOT NULL REFERENCES segment,
    language TEXT NOT NULL,
    context TEXT NOT NULL,             -- heading path that it was approved under, '' everywhere
    text TEXT NOT NULL,
    whole INTEGER NOT NULL,            -- 1 as it was approved, 0 a sentence of it
    approved_by TEXT NOT NULL,
    approved_on TEXT NOT NULL,
    PRIMARY KEY (segment, language, context, text)
) WITHOUT ROWID;

CREATE TABLE trade_term (              -- the words of the trade in every language; those of one concept mean the same
    concept INTEGER NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL               -- preferred, admitted, forbidden
);

CREATE TABLE question (                -- the author's gold questions
    id TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    answerable INTEGER NOT NULL,
    expect TEXT NOT NULL,              -- JSON array of what must stand in the answer
    answer TEXT NOT NULL,
    page TEXT NOT NULL,
    section TEXT NOT NULL,
    hazard TEXT NOT NULL,
    kind TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE gate (settings TEXT NOT NULL);  -- one row: the author's [check] as JSON

CREATE TABLE remark (                  -- what ingest noticed in the sources
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                -- lost, hidden, unsure, doubt
    place TEXT NOT NULL,               -- file and page
    text TEXT NOT NULL
);

CREATE TABLE embedder_file (           -- the embedder that made the vectors, where it travels in the pack
    name TEXT PRIMARY KEY,
    data BLOB NOT NULL
) WITHOUT ROWID;
