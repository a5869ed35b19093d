"""One file per source format: bytes of a manual -> Document."""
