"""What IT decided for everybody on this machine: settings that users find, settings that they cannot change, a name.

    [branding]                       # how the program is called in menus, and whom to ask
    name = "Acme Service"
    support = "helpdesk@acme.example"
    [settings]
    language = "de"
    [locked]
    draft = false

One such file may come with the program, another lie in the system's own place (`paths.site_settings_file`); what the
second says counts more.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from fieldfare import paths
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, StorageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("branding", "settings", "locked")
_BRANDING = ("name", "support")


def files() -> tuple[Path, ...]:
    """Where IT's decisions may stand, the one that counts more last."""
    return paths.share_dir() / "fleet.toml", paths.site_settings_file()


def table(file: Path, name: str) -> dict[str, Any]:
    """One table of a file, empty where there is none. UsageError for what is no such file, StorageError where it is unreadable."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            _("{file} is not valid TOML ({error}). Tell your IT.").format(file=file, error=error)
        ) from error
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error
    for key, value in values.items():
        if key not in TABLES or not isinstance(value, dict):
            known = ", ".join(f"[{one}]" for one in TABLES)
            raise UsageError(
                _("{file}: {key!r} is not known there; known are {known}. Tell your IT.").format(
                    file=file, key=key, known=known
                )
            )
    found: dict[str, Any] = values.get(name, {})
    return found


def branding() -> dict[str, str]:
    """The name of the program here and whom to ask, where IT gave them; what is no text is left out."""
    found: dict[str, str] = {}
    for file in files():
        try:
            said = table(file, "branding")
        except FieldfareError:
            continue  # the settings tell it
        found |= {key: said[key] for key in _BRANDING if isinstance(said.get(key), str)}
    return found
