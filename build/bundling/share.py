"""What lies beside the program: models, packs, language packages, trusted keys, and what IT decided."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import environment
from bundling import program
from bundling.recipe import RecipeError

if TYPE_CHECKING:
    from bundling.recipe import Recipe


def rehearse(recipe: Recipe) -> None:
    """Tell what is wrong with the things that a recipe names before anything is compiled or frozen. Raises RecipeError."""
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as scratch:
        share = Path(scratch) / "share"
        share.mkdir()
        fill(recipe, share)
        check(recipe, [str(environment.PYTHON), "-m", "fieldfare"], {"FIELDFARE_SHARE": str(share)})


def add(recipe: Recipe) -> None:
    """Fill the share folder of the program as the recipe says. Raises RecipeError."""
    share = program.inside() / "share"
    left_out = shutil.ignore_patterns("language-model.gguf") if recipe.profile != "small" else None
    shutil.copytree(environment.SHARE / "models", share / "models", ignore=left_out)
    if recipe.model:
        copy(recipe.model.file, share / "models" / "language-model.gguf")
    fill(recipe, share)
    for path in share.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def fill(recipe: Recipe, share: Path) -> None:
    """Put all but the models into a share folder. Raises RecipeError."""
    if recipe.demo:
        add_demo(share / "packs")
    for pack in recipe.packs:
        for file in (pack, pack.with_name(f"{pack.name}.minisig")):
            copy(file, share / "packs" / file.name)
    for key in recipe.keys:
        copy(key, share / "keys" / key.name)
    add_languages(recipe, share / "languages")
    if text := fleet(recipe):
        (share / "fleet.toml").write_text(text, "utf-8")


def add_demo(folder: Path) -> None:
    """The demonstration pack with its receipt, as scripts/run has built it."""
    packs = sorted((environment.SHARE / "packs").glob("*.fpack"))
    for pack in packs:
        receipt = pack.with_name(f"{pack.name}.sha256")
        if not receipt.exists():
            raise environment.SetupError(f"{pack.name} has no receipt. Remove {environment.STATE} and start again.")
        for file in (pack, receipt):
            copy(file, folder / file.name)


def add_languages(recipe: Recipe, folder: Path) -> None:
    """Language packages, installed as `fieldfare lang install` does, with the digest of the recipe."""
    if not recipe.languages:
        return
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as home:
        for one in recipe.languages:
            installed = ["-m", "fieldfare", "lang", "install", str(one.file), "--sha256", one.sha256]
            command = [str(environment.PYTHON), *installed]
            environment._tool(command, f"Installing {one.file.name}", usual=5, extra={"FIELDFARE_HOME": home})
        # Without the locks and the record of times of an installation, and with its digest where that draws a name by lot.
        for record in sorted((Path(home) / "languages").glob("*/package.json")):
            digest = json.loads(record.read_text("utf-8"))["sha256"]
            shutil.copytree(record.parent, folder / record.parent.with_suffix(f".{digest[:8]}").name)


def fleet(recipe: Recipe) -> str:
    """What IT decided, as the program reads it; checked by the program's own reader. Raises RecipeError."""
    lines = []
    branding = {"name": recipe.name, "support": recipe.support} if recipe.name != "Fieldfare" or recipe.support else {}
    for table, values in (("branding", branding), ("settings", recipe.settings), ("locked", recipe.locked)):
        if values:
            lines += [
                f"[{table}]",
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()),
                "",
            ]
    text = "\n".join(lines)
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as folder:
        (Path(folder) / "fleet.toml").write_text(text, "utf-8")
        code = "from fieldfare import settings; print(*settings.read()[1], sep='\\n')"
        nowhere = str(Path(folder) / "nowhere")
        extra = {"FIELDFARE_SHARE": folder, "FIELDFARE_HOME": nowhere, "FIELDFARE_SITE": nowhere, "LANGUAGE": "en"}
        said = environment._tool([str(environment.PYTHON), "-c", code], "", usual=1, extra=extra).strip()
    if said:
        raise RecipeError(f"{recipe.file}: {said.replace(str(Path(folder) / 'fleet.toml'), 'settings')}")
    return text


def check(recipe: Recipe, command: list[str], extra: dict[str, str]) -> list[dict[str, Any]]:
    """Ask a program which packs it has, each as a row; RecipeError where one of the recipe is not used."""
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as home:
        settings = os.environ | {"FIELDFARE_HOME": home, "FIELDFARE_SITE": home, "LANGUAGE": "en"} | extra
        listing = [*command, "pack", "list", "--json"]
        done = subprocess.run(listing, capture_output=True, text=True, check=False, env=settings)
    rows: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    found = {f"{row['id']}-{row['version']}.fpack" for row in rows}
    missing = [pack.name for pack in recipe.packs if pack.name not in found]
    if done.returncode or missing:
        why = done.stderr.strip() or f"Its name must be ID-VERSION.fpack; found were {', '.join(sorted(found))}."
        raise RecipeError(f"{recipe.file}: the program does not use {', '.join(missing) or 'its packs'}: {why}")
    return rows


def copy(source: Path, target: Path) -> None:
    """Copy a file, making the folders that it goes into."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
