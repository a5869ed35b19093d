"""What the user decided, read once into a frozen value; written only by the commands that change it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldfare import fleet, paths
from fieldfare.catalogue import N_, _
from fieldfare.errors import FieldfareError, StorageError, UsageError

THEMES = ("", "dark", "sun", "contrast", "night", "console")
DENSITIES = ("compact", "normal", "large")
SIGNS = ("", "full", "plain", "ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`language` (`es`) is the technician's own, in which he is answered; empty, it is that of his question.
    `screen_language` is that of keys and messages; empty, it is `language` or else the system's.

    An empty `model` means the embedded one; `model_sha256` pins a model of the user's own. `threads` 0 chooses.

    `draft` lets the model write; without it answers are quotes and no model is loaded. It is off because the embedded model's
    drafts were right no more often than quotes, and later (docs/honesty.md). On a machine where a draft takes more than
    `draft_seconds` the screen quotes instead; 0 waits as long as it takes.

    `theme` and `signs` (which frames and marks are drawn) fit the terminal where they are empty; `density` is the height of
    rows. `welcomed` once the first start was led through or left out.
    """

    language: str = ""
    screen_language: str = ""
    model: str = ""
    model_sha256: str = ""
    draft: bool = False
    threads: int = 0
    draft_seconds: int = 5
    theme: str = ""
    density: str = "normal"
    signs: str = ""
    welcomed: bool = False


def load() -> Settings:
    """The settings of this user; defaults where there is no file. UsageError says which line is wrong."""
    settings = Settings()
    for source, values in _layers():
        settings = _checked(asdict(settings) | values(), source)
    return settings


def read() -> tuple[Settings, tuple[str, ...]]:
    """The settings as far as they are right, and a sentence for each that is not and has its default; nothing is raised.

    For those who must not be kept from an answer by a wrong letter in a file, which stays as it is.
    """
    return _tolerant(_layers())


def locked() -> frozenset[str]:
    """The settings that IT decided and nobody here changes."""
    found: set[str] = set()
    for file in fleet.files():
        with contextlib.suppress(FieldfareError):
            found |= fleet.table(file, "locked").keys()
    return frozenset(found & asdict(Settings()).keys())


# Where values come from, as a person finds it, and how they are read; what comes later counts more.
_Layer = tuple[Path | str, Callable[[], dict[str, Any]]]


def _layers() -> list[_Layer]:
    """What IT gave, what the user wrote, the environment, what IT locked."""
    file = paths.settings_file()
    return [*_given("settings"), (file, lambda: _written(file)), *_of_environment(), *_given("locked")]


def _given(table: str) -> list[_Layer]:
    return [(file, lambda file=file: fleet.table(file, table)) for file in fleet.files()]  # type: ignore[misc]


def _of_environment() -> list[_Layer]:
    """FIELDFARE_DRAFT=true and its like, for scripts and trials."""
    layers: list[_Layer] = []
    for key, default in asdict(Settings()).items():
        name = f"FIELDFARE_{key.upper()}"
        if (text := os.environ.get(name)) is not None:
            value: str | int = text
            if isinstance(default, bool) and text.lower() in {"true", "1", "false", "0"}:
                value = text.lower() in {"true", "1"}
            elif type(default) is int and text.isdecimal():
                value = int(text)
            layers.append((name, lambda key=key, value=value: {key: value}))  # type: ignore[misc]
    return layers


def _tolerant(layers: Sequence[_Layer]) -> tuple[Settings, tuple[str, ...]]:
    settings, problems = Settings(), []
    for source, values in layers:
        try:
            given = values()
        except FieldfareError as error:
            problems.append(f"{error} {_(_DEFAULTS)}")
            continue
        for key, value in given.items():
            try:
                settings = _checked(asdict(settings) | {key: value}, source)
            except UsageError as error:
                problems.append(f"{error} {_(_DEFAULTS)}")
    return settings, tuple(dict.fromkeys(problems))  # a file with several tables is wrong once


_DEFAULTS = N_("Until then it is as if it were not written.")


def _written(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            _("{file} is not valid TOML ({error}). Correct it or delete it.").format(file=file, error=error)
        ) from error
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error


def _checked(values: dict[str, Any], file: Path | str) -> Settings:
    defaults = asdict(Settings())
    for key, value in values.items():
        if key not in defaults:
            raise UsageError(
                _("{file}: {key!r} is no setting. Known are {defaults}.").format(
                    file=file, key=key, defaults=", ".join(defaults)
                )
            )
        if type(value) is not type(defaults[key]):
            raise UsageError(
                _("{file}: {key} must be {kind}, not {value!r}.").format(
                    file=file, key=key, kind=type(defaults[key]).__name__, value=value
                )
            )
    settings = Settings(**values)
    if settings.model_sha256 and not re.fullmatch(r"[0-9a-f]{64}", settings.model_sha256):
        raise UsageError(_("{file}: model_sha256 must be 64 hexadecimal digits.").format(file=file))
    for key in ("language", "screen_language"):
        if not re.fullmatch(r"([a-z]{2,3})?", str(getattr(settings, key))):
            raise UsageError(
                _("{file}: {key} must be a code of two or three letters, such as es.").format(file=file, key=key)
            )
    if settings.threads < 0:
        raise UsageError(_("{file}: threads must be 0 (chosen by the program) or more.").format(file=file))
    if settings.draft_seconds < 0:
        raise UsageError(_("{file}: draft_seconds must be 0 (wait as long as it takes) or more.").format(file=file))
    for key, known in (("theme", THEMES), ("density", DENSITIES), ("signs", SIGNS)):
        if getattr(settings, key) not in known:
            raise UsageError(
                _("{file}: {key} must be one of {value}.").format(
                    file=file, key=key, value=", ".join(filter(None, known))
                )
            )
    return settings


def change(**values: Any) -> Settings:
    """Load, change and save in one step; UsageError for a value that would not load again.

    A line of the file that is wrong stays as it is, unless it is what is changed. UsageError too for what IT locked.
    """
    file = paths.settings_file()
    if named := sorted(locked() & values.keys()):
        raise UsageError(_("{setting} is set by your IT and cannot be changed here.").format(setting=named[0]))
    written = _written(file) | values
    if problem := next((key for key, value in written.items() if not isinstance(value, str | int | float)), ""):
        raise UsageError(
            _("{file}: {problem!r} is no setting. Correct the file, then change the settings.").format(
                file=file, problem=problem
            )
        )
    _checked({key: written[key] for key in values}, file)
    defaults = asdict(_tolerant(_given("settings"))[0])
    text = "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in written.items() if value != defaults.get(key))
    write_atomically(file, text.encode())
    return read()[0]


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # a JSON string is one of TOML
    return str(value)


def write_atomically(file: Path, data: bytes) -> None:
    """Write a file so that a power cut leaves the old or the new one: temporary file, fsync, rename, fsync folder."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                if file.is_relative_to(paths.site_dir()):
                    Path(name).chmod(0o644)  # what IT keeps there is for all users to read
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(file.parent)
    except OSError as error:
        raise StorageError(
            _("{file} cannot be written ({reason}). Check the folder and the space left.").format(
                file=file, reason=error.strerror
            )
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system allows it."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
