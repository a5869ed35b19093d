"""The file that says what a bundle holds, read strictly: what it does not know is an error, not a wish unheard.

    profile = "small"                # full (a model of yours), small (the embedded 135M), search-only (none)
    processors = "all"               # or "avx2": the library that scripts/run compiled, without waiting for another
    demo = true                      # the demonstration pack
    packs = ["pump-1.2.0.fpack"]     # each with its .minisig beside it, made with one of `keys`
    keys = ["acme.pub"]              # signers that every device trusts

    [model]                          # full only
    file = "model.gguf"
    sha256 = "…"

    [[languages]]
    file = "translate-en_de-1_0.argosmodel"
    sha256 = "…"

    [branding]                       # how it is called in menus, whom to ask
    name = "Acme Service"
    support = "helpdesk@acme.example"
    icon = "acme.svg"

    [settings]                       # what users find and may change
    language = "de"
    [locked]                         # what they may not
    draft = false

Files are looked for beside the recipe.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from environment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RECIPES = ROOT / "build" / "recipes"
PROFILES = ("full", "small", "search-only")
PROCESSORS = ("all", "avx2")
_TABLES = {
    "": {"profile": str, "processors": str, "demo": bool, "packs": list, "keys": list, "model": dict, "languages": list,
         "branding": dict, "settings": dict, "locked": dict},
    "model": {"file": str, "sha256": str},
    "languages": {"file": str, "sha256": str},
    "branding": {"name": str, "support": str, "icon": str},
}  # fmt: skip
_KINDS = {str: "a text", bool: "true or false", list: "a list", dict: "a table"}


class RecipeError(Exception):
    """What is wrong with a recipe, and what to do, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A file with the SHA-256 that it must have."""

    file: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a bundle holds. `model` is None where the profile brings its own or none."""

    file: Path
    profile: str
    processors: str = "all"
    demo: bool = True
    packs: tuple[Path, ...] = ()
    keys: tuple[Path, ...] = ()
    model: Pinned | None = None
    languages: tuple[Pinned, ...] = ()
    name: str = "Fieldfare"
    support: str = ""
    icon: Path | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    locked: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The part of file names that tells bundles apart: `small`, or the recipe's own name with its profile."""
        return self.profile if self.file.stem in PROFILES else f"{self.file.stem}-{self.profile}"


def read(file: Path) -> Recipe:
    """The recipe in a file; RecipeError for a key, value or file that is wrong."""
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(one.stem for one in RECIPES.glob("*.toml")))
        raise RecipeError(
            f"{file} does not exist. Name a recipe: {known}, or a file of yours (docs/it.md says what stands in it)."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{file} is not valid TOML ({error}). Correct it.") from error
    except OSError as error:
        raise RecipeError(f"{file} cannot be read ({error.strerror}).") from error
    return _Reader(file).recipe(values)


class _Reader:
    """Checks the values of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def recipe(self, values: dict[str, Any]) -> Recipe:
        self.known(values, "")
        profile = self.one_of("profile", values.get("profile", ""), PROFILES)
        branding = self.known(values.get("branding", {}), "branding")
        both = sorted(values.get("settings", {}).keys() & values.get("locked", {}).keys())
        if both:
            raise self.wrong(f"{both[0]} stands in [settings] and in [locked]. Keep one.")
        packs = tuple(self.beside("packs", name, ".fpack") for name in values.get("packs", ()))
        keys = tuple(self.beside("keys", name, ".pub") for name in values.get("keys", ()))
        for pack in packs:
            if not pack.with_name(f"{pack.name}.minisig").is_file():
                raise self.wrong(f"{pack.name} has no {pack.name}.minisig beside it. Sign it: fieldfare pack sign")
        if packs and not keys:
            raise self.wrong('packs are named but no keys: no device would trust them. Add keys = ["SIGNER.pub"].')
        name = branding.get("name", "Fieldfare")
        if not re.fullmatch(r"[^\s\x00-\x1f\"\\=;][^\x00-\x1f\"\\=;]{0,59}", name):
            raise self.wrong('branding.name must be one line of up to 60 characters without " \\ = ;')
        return Recipe(
            file=self.file,
            profile=profile,
            processors=self.one_of("processors", values.get("processors", "all"), PROCESSORS),
            demo=values.get("demo", True),
            packs=packs,
            keys=keys,
            model=self.model(values.get("model"), profile),
            languages=tuple(self.pinned(f"languages[{at}]", one, "languages", ".argosmodel")
                            for at, one in enumerate(values.get("languages", ()))),
            name=name,
            support=branding.get("support", ""),
            icon=self.beside("branding.icon", branding["icon"], ".svg") if "icon" in branding else None,
            settings=self.plain("settings", values.get("settings", {})),
            locked=self.plain("locked", values.get("locked", {})),
        )  # fmt: skip

    def wrong(self, sentence: str) -> RecipeError:
        return RecipeError(f"{self.file}: {sentence}")

    def known(self, values: Any, table: str, where: str = "") -> dict[str, Any]:
        """The values of a table; RecipeError where a key is not known or a value is of another kind."""
        kinds, where = _TABLES[table], where or table
        if not isinstance(values, dict):
            raise self.wrong(f"{where} must be a table.")
        for key, value in values.items():
            name = f"{where}.{key}" if where else key
            if key not in kinds:
                raise self.wrong(f"{name} is not known. Known are {', '.join(kinds)}.")
            if type(value) is not kinds[key]:
                raise self.wrong(f"{name} must be {_KINDS[kinds[key]]}, not {value!r}.")
        return values

    def one_of(self, key: str, value: str, known: tuple[str, ...]) -> str:
        if value not in known:
            raise self.wrong(f"{key} must be one of {', '.join(known)}{f', not {value!r}' if value else ''}.")
        return value

    def plain(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        """Settings are single values; which there are the program itself checks later."""
        for key, value in values.items():
            if not isinstance(value, str | int | bool):
                raise self.wrong(f"{table}.{key} must be a text, a number or true or false, not {value!r}.")
        return values

    def beside(self, key: str, name: Any, suffix: str) -> Path:
        if not isinstance(name, str) or not name.endswith(suffix):
            raise self.wrong(f"{key}: {name!r} is no {suffix} file.")
        path = self.file.parent / name
        if not path.is_file():
            raise self.wrong(f"{key}: {path} does not exist.")
        return path

    def pinned(self, key: str, value: Any, table: str, suffix: str) -> Pinned:
        value = self.known(value, table, key)
        if missing := _TABLES[table].keys() - value.keys():
            raise self.wrong(f"{key} lacks {min(missing)}.")
        file, wanted = self.beside(f"{key}.file", value["file"], suffix), value["sha256"].lower()
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != wanted:
            raise self.wrong(f"{file.name} has the SHA-256 {found}, the recipe says {wanted}. Get the right file.")
        return Pinned(file=file, sha256=wanted)

    def model(self, value: Any, profile: str) -> Pinned | None:
        if profile != "full":
            if value is not None:
                raise self.wrong(f'[model] belongs to profile = "full"; {profile} has its own or none.')
            return None
        if value is None:
            raise self.wrong("profile full needs a [model] with file and sha256.")
        return self.pinned("model", value, "model", ".gguf")
