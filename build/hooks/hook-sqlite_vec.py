"""sqlite-vec: the library that SQLite loads. No Python code imports it, and its name, `vec0`, is not that of a library.

`fieldfare.database` finds the library beside the package's `__init__` without running that, so what it imports stays out.
"""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

_folder = Path(get_package_paths("sqlite_vec")[1])
binaries = [(str(file), "sqlite_vec") for file in _folder.glob("vec0.*")]
excludedimports = ["numpy", "sqlite3"]
