"""The pack file: one SQLite file of manuals, images and indexes."""
