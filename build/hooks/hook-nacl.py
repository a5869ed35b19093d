"""PyNaCl's library is a C extension that loads cffi's backend by itself, where nothing in Python names it."""

hiddenimports = ["_cffi_backend"]
