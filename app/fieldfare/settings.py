"""What the user decided, read once into a frozen value; written only by the commands that change it."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fieldfare import paths
from fieldfare.errors import StorageError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`language` (`es`) is the technician's own; empty, it is that of his question.

    An empty `model` means the embedded one; `model_sha256` pins a model of the user's own. `threads` 0 chooses.

    `draft` lets the model write; without it answers are quotes and no model is loaded. It is off because the embedded model's
    drafts were right no more often than quotes, and later (docs/honesty.md). On a machine where a draft takes more than
    `draft_seconds` the screen quotes instead; 0 waits as long as it takes.
    """

    language: str = ""
    model: str = ""
    model_sha256: str = ""
    draft: bool = False
    threads: int = 0
    draft_seconds: int = 5


def load() -> Settings:
    """The settings of this user; defaults where there is no file. UsageError says which line is wrong."""
    file = paths.settings_file()
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not valid TOML ({error}). Correct it or delete it.") from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error.strerror}).") from error
    return _checked(values, file)


def _checked(values: dict[str, Any], file: Path) -> Settings:
    defaults = asdict(Settings())
    for key, value in values.items():
        if key not in defaults:
            raise UsageError(f"{file}: {key!r} is no setting. Known are {', '.join(defaults)}.")
        if type(value) is not type(defaults[key]):
            raise UsageError(f"{file}: {key} must be {type(defaults[key]).__name__}, not {value!r}.")
    settings = Settings(**values)
    if settings.model_sha256 and not re.fullmatch(r"[0-9a-f]{64}", settings.model_sha256):
        raise UsageError(f"{file}: model_sha256 must be 64 hexadecimal digits.")
    if settings.language and not re.fullmatch(r"[a-z]{2,3}", settings.language):
        raise UsageError(f"{file}: language must be a code of two or three letters, such as es.")
    if settings.threads < 0:
        raise UsageError(f"{file}: threads must be 0 (chosen by the program) or more.")
    if settings.draft_seconds < 0:
        raise UsageError(f"{file}: draft_seconds must be 0 (wait as long as it takes) or more.")
    return settings


def change(**values: Any) -> Settings:
    """Load, change and save in one step; UsageError for a value that would not load again."""
    settings = _checked(asdict(replace(load(), **values)), paths.settings_file())
    defaults = asdict(Settings())
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in asdict(settings).items() if value != defaults[key])
    write_atomically(paths.settings_file(), text.encode())
    return settings


def _toml(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
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
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(file.parent)
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written ({error.strerror}). Check the folder and the space left."
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system allows it."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
