"""Every error that a user can meet, drawn as a tree; each carries a sentence for a person and an exit code.

Codes from 20 on are the machine's fault and mean the same in the installers (build/installer/install.sh).

FieldfareError (1)
├── UsageError (2)       the command or the question cannot be carried out as given
│   └── JobChangedError  it was meant for a job that is not the current one any more
├── SourceError (3)      a source document or pack.toml cannot be read
├── PackError (4)        a pack is damaged, foreign or unfit for this version
│   ├── FormatError      its format is another than this version reads
│   └── SignatureError   a signature or key is missing, unknown, or does not fit what it signs
├── ModelError (5)       a model file is missing, damaged or does not fit this machine
│   ├── CrashError       a model's process broke; the next call starts it again
│   ├── ProcessorError (20) this processor lacks an instruction that is needed
│   └── ShortageError (22)  there is not enough memory
├── SystemLibraryError (21) the C library of this system is older than the program's
└── StorageError (6)     a file or folder cannot be read or written
    ├── DamageError      what was written is damaged
    └── SpaceError (23)  there is not enough space

They become text in one place, `cli.main`; `exit_code` looks through an error at what caused it.
"""

from __future__ import annotations

import errno

FAULT = 70
"""Exit code of a fault of the program itself (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended, as shells report it."""

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
# How loaders and engines of other makers say that they got no memory, and that the C library is too old.
_NO_MEMORY = (
    "cannot allocate memory",
    "failed to allocate",
    "bad_alloc",
    "cannot map zero-fill pages",
    "out of memory",
)
_CUT_SHORT = "failed to map segment from shared object"  # with a reason behind it, it is another matter
_OLD_LIBRARY = "version `GLIBC_"


class FieldfareError(Exception):
    """Base of all errors that are told to a person: the message is a sentence that says what is wrong and what to do."""

    exit_code = 1


class UsageError(FieldfareError):
    """The command or the question cannot be carried out as given."""

    exit_code = 2


class JobChangedError(UsageError):
    """What was done was meant for a job that is not the current one any more; it was not kept."""


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


class ProcessorError(ModelError):
    """This processor lacks an instruction without which the program or its language engine cannot run."""

    exit_code = 20


class SystemLibraryError(FieldfareError):
    """The C library of this system is older than the one that the program was made for."""

    exit_code = 21


class ShortageError(ModelError):
    """There is not enough memory."""

    exit_code = 22


class StorageError(FieldfareError):
    """A file or folder cannot be read or written."""

    exit_code = 6


class DamageError(StorageError):
    """A file of what was written on this device is damaged, or another program's."""


class SpaceError(StorageError):
    """There is not enough space on a disk."""

    exit_code = 23


def exit_code(error: BaseException) -> int:
    """The exit code of whatever ended a command: that of the machine where it is the cause, else the error's own."""
    cause: BaseException | None = error
    while cause is not None:
        if found := _of_machine(cause):
            return found.exit_code
        cause = cause.__cause__
    if isinstance(error, FieldfareError):
        return error.exit_code
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAULT


def is_shortage(error: BaseException) -> bool:
    """Whether memory was what lacked, whoever says so."""
    return _of_machine(error) is ShortageError


def _of_machine(error: BaseException) -> type[FieldfareError] | None:
    if isinstance(error, OSError) and error.errno in _FULL:
        return SpaceError
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return ShortageError
    if isinstance(error, (ImportError, OSError, RuntimeError)):
        said = str(error)
        if _OLD_LIBRARY in said:
            return SystemLibraryError
        if said.endswith(_CUT_SHORT) or any(one in said.lower() for one in _NO_MEMORY):
            return ShortageError
    return None
