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


def add(recipe: Recipe) -> None:
    """Fill the share folder of the program as the recipe says. Raises RecipeError."""
    share = program.inside() / "share"
    models = share / "models"
    left_out = shutil.ignore_patterns("language-model.gguf") if recipe.profile != "small" else None
    shutil.copytree(environment.SHARE / "models", models, ignore=left_out)
    if recipe.model:
        copy(recipe.model.file, models / "language-model.gguf")
    if recipe.demo:
        add_demo(share / "packs")
    for pack in recipe.packs:
        for file in (pack, pack.with_name(f"{pack.name}.minisig")):
            copy(file, share / "packs" / file.name)
    for key in recipe.keys:
        copy(key, share / "keys" / key.name)
    add_languages(recipe, share / "languages")
    text = fleet(recipe)
    if text:
        (share / "fleet.toml").write_text(text, "utf-8")
    for path in share.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


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
            command = [
                str(environment.PYTHON),
                "-m",
                "fieldfare",
                "lang",
                "install",
                str(one.file),
                "--sha256",
                one.sha256,
            ]
            environment._tool(command, f"Installing {one.file.name}", usual=5, extra={"FIELDFARE_HOME": home})
        # Without the locks and the record of times that an installation leaves.
        shutil.copytree(Path(home) / "languages", folder, ignore=shutil.ignore_patterns(".*"))


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
        extra = {"FIELDFARE_SHARE": folder, "FIELDFARE_HOME": folder, "FIELDFARE_SITE": folder, "LANGUAGE": "en"}
        said = environment._tool([str(environment.PYTHON), "-c", code], "", usual=1, extra=extra).strip()
    if said:
        raise RecipeError(f"{recipe.file}: {said.replace(str(Path(folder) / 'fleet.toml'), 'settings')}")
    return text


def check(recipe: Recipe) -> list[dict[str, Any]]:
    """Ask the finished program which packs it has; RecipeError where one of the recipe is not used."""
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as home:
        settings = {**os.environ, "FIELDFARE_HOME": home, "FIELDFARE_SITE": home}
        command = [str(program.MADE / "fieldfare"), "pack", "list", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
    rows: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    found = {f"{row['id']}-{row['version']}.fpack" for row in rows}
    missing = [pack.name for pack in recipe.packs if pack.name not in found]
    if done.returncode or missing:
        raise RecipeError(
            f"{recipe.file}: the program does not use {', '.join(missing) or 'its packs'}: {done.stderr.strip()}"
        )
    return rows


def copy(source: Path, target: Path) -> None:
    """Copy a file, making the folders that it goes into."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
