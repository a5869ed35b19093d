"""Makes a recipe with everything that a recipe can say, and what it names, for trying that all of it arrives in a bundle.

    build/company.py FOLDER            (needs what scripts/run has set up)

A pack of its own signed with a fresh key, a language package, the embedded language model as if it were the company's, a
name, an icon, settings that users find and one that is locked. Prints the recipe's path.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts")]

import environment  # noqa: E402

MANUAL = """# Pump P7

## Service

1. Tighten the drain plug to 45 N·m.
2. Fill 2.5 l of oil.

## Faults

| Code | Meaning | Remedy |
|---|---|---|
| E77 | Suction line blocked | Clean the strainer |
"""
PACK = '[pack]\nid = "p7"\nversion = "2.0.0"\ntitle = "Pump P7"\nlanguage = "en"\n'


def make(folder: Path) -> Path:
    """Fill a folder with the recipe and what it names; the recipe."""
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "p7"
    source.mkdir(parents=True)
    (source / "manual.md").write_text(MANUAL, "utf-8")
    (source / "pack.toml").write_text(PACK, "utf-8")
    pack = folder / "p7-2.0.0.fpack"
    author("pack", "build", str(source), "-o", str(pack))
    author("pack", "key", "new", "--no-password", str(folder / "company"))
    author("pack", "sign", str(pack), "-k", str(folder / "company.key"))
    model = Path(shutil.copy(environment.SHARE / "models" / "language-model.gguf", folder / "own.gguf"))
    package = next((ROOT / "tests" / "packages").glob("*en_de*.argosmodel"))
    language = Path(shutil.copy(package, folder))
    icon = (ROOT / "build" / "installer" / "fieldfare.svg").read_text("utf-8")
    (folder / "company.svg").write_text(icon.replace("#14202b", "#7a1020"), "utf-8")
    tables = {
        "model": {"file": model.name, "sha256": digest(model)},
        "[languages]": {"file": language.name, "sha256": digest(language)},
        "branding": {"name": "Company Service", "support": "helpdesk@company.example", "icon": "company.svg"},
        "settings": {"language": "de", "density": "compact"},
        "locked": {"draft": False},
    }
    lines = ['profile = "full"', "demo = false", f'packs = ["{pack.name}"]', 'keys = ["company.pub"]']
    for table, values in tables.items():
        lines += [f"\n[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    recipe = folder / "company.toml"
    recipe.write_text("\n".join(lines) + "\n", "utf-8")
    return recipe


def author(*arguments: str) -> None:
    """Run the author's program."""
    environment._tool([str(environment.PYTHON), "-m", "fieldfare", *arguments], "", usual=5)


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name a folder: build/company.py FOLDER")
    try:
        print(make(Path(sys.argv[1]).resolve()))
    except environment.SetupError as error:
        sys.exit(f"{error}")
