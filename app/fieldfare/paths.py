"""Where things are on this machine, frozen or not. Paths are computed here; folders are made where something is written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def share_dir() -> Path:
    """What came with the program and is never written by it: embedded models and bundled packs.

    In a bundle it lies in the folder of its libraries, in an installation under its prefix; FIELDFARE_SHARE overrides.
    """
    if override := os.environ.get("FIELDFARE_SHARE"):
        return Path(override)
    if frozen := getattr(sys, "_MEIPASS", None):
        return Path(frozen) / "share"
    return Path(sys.prefix) / "share" / "fieldfare"


def in_checkout() -> bool:
    """Whether the program runs from its source, where scripts/run makes what comes with it."""
    return not hasattr(sys, "_MEIPASS") and (Path(__file__).parents[2] / "scripts" / "run").is_file()


def site_dir() -> Path:
    """What IT keeps for all users of this machine besides the program: packs, languages, keys. FIELDFARE_SITE overrides.

    Only the system's own account writes there; everybody reads it.
    """
    if override := os.environ.get("FIELDFARE_SITE"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Fieldfare"
    return Path("/Library/Application Support/Fieldfare" if sys.platform == "darwin" else "/var/lib/fieldfare")


def site_settings_file() -> Path:
    """What IT decided for all users of this machine; FIELDFARE_SITE moves it too."""
    if sys.platform in {"win32", "darwin"} or "FIELDFARE_SITE" in os.environ:
        return site_dir() / "fleet.toml"
    return Path("/etc/fieldfare/fleet.toml")


def embedder_dir() -> Path:
    """The embedded embedder: CTranslate2 model, tokenizer, identity."""
    return share_dir() / "models" / "embedder"


def embedders_dir() -> Path:
    """Embedders of packs that do not carry theirs, as the site's IT placed them: a folder each, named by its digest."""
    return share_dir() / "models" / "embedders"


def reader_dir() -> Path:
    """The embedded reader: CTranslate2 model, heads, tokenizer, description."""
    return share_dir() / "models" / "reader"


def language_model_file() -> Path:
    """The embedded language model."""
    return share_dir() / "models" / "language-model.gguf"


def bundled_packs_dir() -> Path:
    """Packs that came with the program."""
    return share_dir() / "packs"


def data_dir() -> Path:
    """What this user's copy has gathered: installed packs, history. FIELDFARE_HOME overrides."""
    if override := os.environ.get("FIELDFARE_HOME"):
        return Path(override)
    return Path(platformdirs.user_data_dir("fieldfare", appauthor=False))


def documents_dir() -> Path:
    """Where this user keeps documents: reports of jobs go there. FIELDFARE_HOME moves it too."""
    if override := os.environ.get("FIELDFARE_HOME"):
        return Path(override) / "reports"
    documents = Path(platformdirs.user_documents_dir())
    return documents if documents.is_dir() else Path.home()


def bundled_languages_dir() -> Path:
    """Language packages that came with the program, and the list of those that the site's IT takes."""
    return share_dir() / "languages"


def languages_dir() -> Path:
    """Language packages that this user installed."""
    return data_dir() / "languages"


def packs_dir() -> Path:
    """Packs that this user installed."""
    return data_dir() / "packs"


def site_keys_dir() -> Path:
    """Public keys that came with the program, as the site's IT ships them: packs signed with them are trusted."""
    return share_dir() / "keys"


def trusted_keys_dir() -> Path:
    """Public keys that this user trusts."""
    return data_dir() / "keys"


def build_cache_dir() -> Path:
    """What building packs keeps for the next build; may be deleted at any time. FIELDFARE_HOME moves it too."""
    if override := os.environ.get("FIELDFARE_HOME"):
        return Path(override) / "build-cache"
    return Path(platformdirs.user_cache_dir("fieldfare", appauthor=False)) / "build"


def converted_embedders_dir() -> Path:
    """Embedding models of authors in the device's format; may be deleted at any time. FIELDFARE_HOME moves it too."""
    return build_cache_dir().with_name("embedders")


def evaluations_dir() -> Path:
    """What evaluations have asked already; may be deleted at any time. FIELDFARE_HOME moves it too."""
    return build_cache_dir().with_name("evaluations")


def translations_dir() -> Path:
    """Sentences that were translated before; may be deleted at any time. FIELDFARE_HOME moves it too."""
    return build_cache_dir().with_name("translations")


def settings_file() -> Path:
    """What the user decided; FIELDFARE_HOME moves it too."""
    if override := os.environ.get("FIELDFARE_HOME"):
        return Path(override) / "settings.toml"
    return Path(platformdirs.user_config_dir("fieldfare", appauthor=False)) / "settings.toml"
