"""Checks this machine: processor, memory, models, packs, languages, the network guard, the terminal. Says what it checked."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import __version__, fleet, library, offline, paths, settings
from fieldfare.capacity import free_memory
from fieldfare.catalogue import N_, Number, _, ngettext
from fieldfare.errors import FieldfareError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = (N_("program"), N_("support"), N_("processor"), N_("memory"), N_("network"), N_("settings"), N_("embedder"), N_("model"), N_("pack"), N_("language"),
          N_("terminal"))  # fmt: skip
"""What is checked, as findings name it; a person reads the translation."""
# The sentences of `offline`, which imports nothing of ours before the network is closed.
_GUARDS = (
    N_("The Linux kernel refuses network sockets to this program and all it starts, native code included."),
    N_("Python code of this program is refused the network; native code is not covered on this system."),
    N_("The network is not closed for this program."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check with its outcome as a sentence."""

    check: str
    ok: bool
    finding: str


def examine() -> list[Finding]:
    """Run every check; none raises."""
    return list(checks())


def checks() -> Iterator[Finding]:
    """One check after the other, each when it is asked for; none raises. Nothing is closed or changed."""
    for check in (_program, _support, _processor, _memory, _guard, _settings, _models, _packs, _languages, _terminal):
        try:
            yield from check()
        except (FieldfareError, OSError, ImportError) as error:
            yield Finding(check=check.__name__.strip("_"), ok=False, finding=str(error))


def _program() -> Iterator[Finding]:
    import apsw

    frozen = _("bundle") if getattr(sys, "frozen", False) else _("installation")
    finding = (
        f"fieldfare {__version__} ({frozen}), Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, "
        f"{platform.system()} {platform.release()}"
    )
    yield Finding(check="program", ok=True, finding=finding)


def _support() -> Iterator[Finding]:
    if said := fleet.branding():
        yield Finding(check="support", ok=True, finding=", ".join(said.values()))


def _processor() -> Iterator[Finding]:
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = (line.partition(":") for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines())
        name = next((value.strip() for key, _colon, value in lines if key.strip() == "model name"), name)
    cores = os.cpu_count() or 1
    finding = _("{name}, {cores} processors").format(name=name, cores=cores)
    yield Finding(check="processor", ok=True, finding=finding)


def _memory() -> Iterator[Finding]:
    import psutil

    available = free_memory()
    enough = available > 600_000_000
    finding = _("{available:.1f} GB free of {total:.1f} GB").format(
        available=Number(available / 1e9), total=Number(psutil.virtual_memory().total / 1e9)
    )
    yield Finding(
        check="memory",
        ok=enough,
        finding=finding if enough else _("{finding}; 0.6 GB are needed to draft answers").format(finding=finding),
    )


def _guard() -> Iterator[Finding]:
    yield Finding(check="network", ok=not offline.probe(), finding=_(offline.describe()))


def _settings() -> Iterator[Finding]:
    problems, locked = settings.read()[1], sorted(settings.locked())
    for problem in problems:
        yield Finding(check="settings", ok=False, finding=problem)
    if locked:
        finding = _("set by your IT: {names}").format(names=", ".join(locked))
        yield Finding(check="settings", ok=True, finding=finding)
    elif not problems:
        yield Finding(check="settings", ok=True, finding=_("all are yours to decide"))


def _models() -> Iterator[Finding]:
    from fieldfare.assistant import open_embedder

    try:
        embedder = open_embedder()
        if embedder is None:
            yield Finding(
                check="embedder", ok=False, finding=_("not installed: packs are found by words and codes only")
            )
        else:
            identity = embedder.identity
            vector = embedder.encode(["pump"])[0]
            sound = abs(float(vector @ vector) - 1.0) < 1e-3
            finding = _("{name} {version}, {dimension} dimensions").format(
                name=identity.name, version=identity.version, dimension=identity.dimension
            )
            yield Finding(check="embedder", ok=sound, finding=finding)
    except FieldfareError as error:
        yield Finding(check="embedder", ok=False, finding=str(error))
    try:
        from fieldfare import llm

        chosen = settings.read()[0]
        file = Path(chosen.model) if chosen.model else paths.language_model_file()
        if not (chosen.draft or chosen.model or file.exists()):
            yield Finding(check="model", ok=True, finding=_("none: answers are quotes"))
            return
        found = llm.inspect(file)
        if chosen.model_sha256:
            llm.verify(file, chosen.model_sha256)
        llm.check(found, free_memory())
        yield Finding(check="model", ok=True, finding=f"{file.name}: {found.describe()}")
    except FieldfareError as error:
        yield Finding(check="model", ok=False, finding=str(error))


def _packs() -> Iterator[Finding]:
    shelf = library.open_shelf()
    shelf.close()
    for pack in shelf.packs:
        made = pack.manifest
        vouched = (
            _("unsigned, unchanged since it was installed")
            if pack.unsigned
            else _("{signature}, verified").format(signature=pack.voucher)
        )
        passages = ngettext("{number} passage", "{number} passages", made.passages).format(number=made.passages)
        hazards = ngettext("{number} warning", "{number} warnings", made.hazards).format(number=made.hazards)
        finding = f"{made.title} ({made.id} {made.version}), {passages}, {hazards}, {vouched}"
        yield Finding(check="pack", ok=True, finding=finding)
    for problem in shelf.problems:
        yield Finding(check="pack", ok=False, finding=problem)
    if not shelf.packs and not shelf.problems:
        yield Finding(
            check="pack",
            ok=False,
            finding=_("none installed. Install one: F7 on the screen, or fieldfare pack install FILE.fpack"),
        )


def _languages() -> Iterator[Finding]:
    from fieldfare.translation import packages

    found, problems = packages.installed()
    for package in found:
        try:
            packages.verify(package)
            finding = _("{package} {version}, {voucher}, unchanged since it was installed").format(
                package=package, version=package.version, voucher=package.voucher
            )
            yield Finding(check="language", ok=True, finding=finding)
        except FieldfareError as error:
            yield Finding(check="language", ok=False, finding=str(error))
    for problem in problems:
        yield Finding(check="language", ok=False, finding=problem)


def _terminal() -> Iterator[Finding]:
    stdout = sys.__stdout__  # a screen that is shown has put its own in the place of sys.stdout
    if stdout is None or not stdout.isatty():
        yield Finding(check="terminal", ok=True, finding=_("none (output goes to a file or program)"))
        return
    columns, lines = os.get_terminal_size(stdout.fileno())
    unicode = "UTF-8" if (stdout.encoding or "").lower().replace("-", "") == "utf8" else stdout.encoding
    colours = (
        _("24-bit colour") if os.environ.get("COLORTERM", "") in {"truecolor", "24bit"} else _("256 colours or fewer")
    )
    fits = columns >= 40 and lines >= 15
    finding = f"{os.environ.get('TERM', '?')}, {columns}x{lines}, {unicode}, {colours}"
    yield Finding(
        check="terminal",
        ok=fits,
        finding=finding if fits else _("{finding}; the screen needs 40x15").format(finding=finding),
    )
