"""`fieldfare.database` looks sqlite-vec up by name instead of importing it, so PyInstaller has to be told."""

hiddenimports = ["sqlite_vec"]
