"""Every error that a user can meet, drawn as a tree; each carries a sentence for a person and an exit code.

FieldfareError (1)
├── UsageError (2)       the command or the question cannot be carried out as given
├── SourceError (3)      a source document or pack.toml cannot be read
├── PackError (4)        a pack is damaged, foreign or unfit for this version
│   ├── FormatError      its format is another than this version reads
│   └── SignatureError   a signature or key is missing, unknown, or does not fit what it signs
├── ModelError (5)       a model file is missing, damaged or does not fit this machine
│   └── CrashError       a model's process broke; the next call starts it again
└── StorageError (6)     a file or folder cannot be read or written
    └── DamageError      what was written is damaged

They become text in one place, `cli.main`.
"""

from __future__ import annotations


class FieldfareError(Exception):
    """Base of all errors that are told to a person: the message is a sentence that says what is wrong and what to do."""

    exit_code = 1


class UsageError(FieldfareError):
    """The command or the question cannot be carried out as given."""

    exit_code = 2


class SourceError(FieldfareError):
    """A source document or its pack.toml cannot be read."""

    exit_code = 3


class PackError(FieldfareError):
    """A pack is damaged, foreign or unfit for this version."""

    exit_code = 4


class FormatError(PackError):
    """A pack has another format than this version reads."""


class SignatureError(PackError):
    """A signature or key is missing, unknown, damaged, or does not fit what it signs."""


class ModelError(FieldfareError):
    """A model file is missing, damaged or does not fit this machine."""

    exit_code = 5


class CrashError(ModelError):
    """A model's process broke or is resting after it broke; a later call starts it again."""


class StorageError(FieldfareError):
    """A file or folder cannot be read or written."""

    exit_code = 6


class DamageError(StorageError):
    """A file of what was written on this device is damaged, or another program's."""
