"""Makes the same bundle twice, from two copies of what is committed, and says whether they are the same, or in what they differ.

    build/reproduce.py [RECIPE]        (small if none is named; needs what scripts/run has set up)

Each copy lies in a folder of its own, with an environment of its own to freeze from. The exit code is 0 only if the lists of
all files, and both archives, have the same digests.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def make(folder: Path, commit: str, recipe: str) -> dict[str, str]:
    """A bundle from a commit; every file of it and its archives with their digests."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    options = ["--no-setup", "--no-smoke", "--not-packed"]
    subprocess.run([sys.executable, str(folder / "scripts" / "bundle"), recipe, *options], check=True)
    lines = (folder / "dist" / "fieldfare" / "SHA256SUMS").read_text("utf-8").splitlines()
    found = {line[66:]: line[:64] for line in lines}
    for file in (folder / "dist").glob("fieldfare[-_]*"):
        with file.open("rb") as stream:
            found[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def main(arguments: list[str]) -> int:
    """Make both and compare; 0 if they are the same."""
    recipe = arguments[0] if arguments else "small"
    if (ROOT / recipe).is_file():
        recipe = str(ROOT / recipe)
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=True, text=True)
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as scratch:
        first, second = (make(Path(scratch) / name, asked.stdout.strip(), recipe) for name in ("one", "another"))
    differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    for name in differing:
        print(f"differs: {name}")
    print(f"{len(first)} files, {len(differing)} differ.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
