"""Cut the power at every system call of install, update, rollback and remove, and let every call fail that can.

    .venv/bin/python scripts/bench/power_cut.py [--sample N] [--json]

Each operation runs in a child of its own that strace kills at the n-th call of one kind (a call that is killed is not
carried out), or that gets an error from it (full disk, faulty disk, read-only). Afterwards the packs must be those from
before or those that were meant, whole, and nothing else may lie beside them; an update may leave out what it could not
read. `--sample` tries every N-th point only. The
exit code is 1 where a point left anything else. What is not written to the disk itself is not lost in a kill: that every
file and folder is made durable in time is proved by the order of the calls (see `Order`).
"""

from __future__ import annotations

import argparse
import collections
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fieldfare import library, paths, stock, trust, updates
from fieldfare.errors import FieldfareError, StorageError
from fieldfare.pack import signing
from publishing import make_delta, make_pack, put, sign, trust_key

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGING = (
    "openat", "write", "rename", "renameat", "renameat2", "fsync", "fdatasync", "unlink", "unlinkat", "close", "mkdir",
    "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "ftruncate", "flock", "read", "lseek", "getdents64", "sendfile",
    "copy_file_range",
)  # fmt: skip
ERRORS = {
    "write": ("ENOSPC", "EIO"), "fsync": ("EIO",), "rename": ("EIO", "ENOSPC"), "openat": ("EMFILE", "EROFS"),
    "mkdir": ("EROFS", "ENOSPC"), "unlink": ("EIO",), "unlinkat": ("EIO",), "rmdir": ("EIO",), "read": ("EIO",),
    "chmod": ("EROFS",),
}  # fmt: skip
STRACE = shutil.which("strace")
CRASHED = 99
Packs = tuple[tuple[str, str], ...]
PTRACER, ANY = 0x59616D61, -1  # prctl: let any process of this user trace this one


class Site:
    """An author's packs, a stick, and homes of users in the state before each operation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.environ["FIELDFARE_SHARE"] = str(folder / "share")
        key = signing.new_key()
        self.stick = folder / "stick"
        self.packs = {
            version: make_pack(folder, "pump", version, "CP200", 40 + i)
            for i, version in enumerate(("1.0", "1.1", "1.2"))
        }
        spares = make_pack(folder, "spares", "1.0", "CP200")
        for pack in (*self.packs.values(), spares):
            sign(pack, key)
        put(spares, self.stick)
        make_delta(self.packs["1.0"], self.packs["1.1"], self.stick / "a.fdelta")
        make_delta(self.packs["1.1"], self.packs["1.2"], self.stick / "b.fdelta")
        self.digests = {("pump", version): trust.sha256(pack) for version, pack in self.packs.items()}
        self.digests["spares", "1.0"] = trust.sha256(spares)
        for name, versions in (("empty", ()), ("one", ("1.0",)), ("two", ("1.0", "1.1"))):
            self.use(folder / name)
            trust_key(key, "Korvan", folder)
            for version in versions:
                library.install(self.packs[version])

    def use(self, home: Path) -> None:
        os.environ["FIELDFARE_HOME"] = str(home)

    def fresh(self, state: str) -> Path:
        """A home in one of the states."""
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.folder / state, home)
        self.use(home)
        return home

    def packs_now(self) -> Packs | str:
        """The used packs, or what is wrong: a problem, other bytes than were published, debris."""
        shelf = library.open_shelf()
        shelf.close()
        if shelf.problems:
            return f"problem: {shelf.problems[0]}"
        for pack in shelf.packs:
            if trust.sha256(Path(pack.path)) != self.digests[pack.manifest.id, pack.manifest.version]:
                return f"corrupt: {pack.path}"
        folder = paths.packs_dir()
        used = {copy.folder for copies in stock.copies()[0].values() for copy in copies}
        found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        if debris := {name for name in found if name not in {*used, "active", ".lock"}}:
            return f"debris: {debris}"
        return tuple((pack.manifest.id, pack.manifest.version) for pack in shelf.packs)


def operations(site: Site) -> dict[str, tuple[str, Callable[[], object], Packs]]:
    """Name: the state before, what is done, the packs that are meant to be used afterwards."""
    return {
        "first install": ("empty", lambda: library.install(site.packs["1.0"]), (("pump", "1.0"),)),
        "install": ("one", lambda: library.install(site.packs["1.1"]), (("pump", "1.1"),)),
        "install, third": ("two", lambda: library.install(site.packs["1.2"]), (("pump", "1.2"),)),
        "update": ("one", lambda: update(site), (("pump", "1.2"), ("spares", "1.0"))),
        "rollback": ("two", lambda: library.rollback("pump"), (("pump", "1.0"),)),
        "remove": ("two", lambda: library.remove("pump"), ()),
    }


def update(site: Site) -> None:
    _, failed = updates.carry_out(updates.plan(site.stick))
    if failed:
        raise StorageError(failed[0])


def child(work: Callable[[], object]) -> int:
    """Fork a child that waits to be traced, then does the work and exits with its outcome."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, os.WUNTRACED)
        return pid
    code = CRASHED
    try:
        ctypes.CDLL(None).prctl(PTRACER, ctypes.c_ulong(ANY), 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        work()
        code = 0
    except FieldfareError as error:
        code = error.exit_code if len(str(error)) > 20 else CRASHED
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def traced(work: Callable[[], object], *options: str) -> tuple[int, str]:
    """Do the work under strace: the child's exit code (negative: its signal), and the log."""
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
        pid = child(work)
        tracer = subprocess.Popen(
            [str(STRACE), "-p", str(pid), "-o", log.name, *options], stderr=subprocess.PIPE, text=True
        )
        for line in tracer.stderr:
            if "attached" in line:
                break
        else:
            os.kill(pid, signal.SIGKILL)
            raise SystemExit("strace may not trace here")
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
        tracer.stderr.read()
        tracer.wait()
        return os.waitstatus_to_exitcode(status), log.read()


class Order:
    """Follows a log of calls and says where something is relied upon that a power cut could still take back."""

    def __init__(self, packs: Path) -> None:
        self._packs = str(packs)
        self._files: set[str] = set()
        self._entries: set[str] = set()
        self.faults: list[str] = []

    def follow(self, log: str) -> list[str]:
        for line in log.splitlines():
            if found := re.match(r"(\w+)\((.*)\)\s+= (?!-1)", line):
                self._call(found[1], found[2])
        return self.faults

    def _call(self, name: str, arguments: str) -> None:
        names = re.findall(r'"([^"]*)"', arguments)
        opened = re.findall(r"<([^>]*)>", arguments)
        if name == "write":
            self._files.add(opened[0])
        elif name == "openat" and "O_CREAT" in arguments:
            self._entries.add(self._path(names[0], opened))
        elif name == "mkdir":
            self._entries.add(names[0])
        elif name == "fsync":
            self._files.discard(opened[0])
            self._entries -= {entry for entry in self._entries if str(Path(entry).parent) == opened[0]}
        elif name.startswith("rename"):
            self._renamed(names[0], names[-1])
        elif name in {"unlink", "unlinkat", "rmdir"}:
            self._removed(self._path(names[0], opened))

    def _path(self, name: str, opened: list[str]) -> str:
        return name if name.startswith("/") else str(Path(opened[0], name))

    def _renamed(self, old: str, new: str) -> None:
        inside = {one for one in self._files | self._entries if one.startswith(old + "/")}
        if old in self._files or (inside and new.startswith(self._packs) and ".incoming" not in new):
            self.faults.append(f"renamed before it was durable: {old} {sorted(inside)}")
        self._entries.discard(old)
        self._entries.add(new)
        if new == f"{self._packs}/active":
            waiting = {
                one for one in self._entries
                if one.startswith(self._packs) and ".incoming" not in one and not one.endswith(("/active", "/.lock"))
            }  # fmt: skip
            if waiting:
                self.faults.append(f"committed before it was durable: {sorted(waiting)}")

    def _removed(self, path: str) -> None:
        if ".incoming" not in path and path.startswith(self._packs) and f"{self._packs}/active" in self._entries:
            self.faults.append(f"removed before the commit was durable: {path}")
        self._entries.discard(path)
        self._files.discard(path)


def allowed_after_errors(before: Packs, meant: Packs) -> set[Packs]:
    """An update goes on without a file that cannot be read: each pack is as it was, or newer by one file or more."""
    if len(meant) < 2:
        return {before, meant}
    return {
        tuple(one for one in (("pump", version), spares) if one)
        for version in ("1.0", "1.1", "1.2")
        for spares in (None, ("spares", "1.0"))
    }


def sweep(site: Site, sample: int) -> list[dict[str, object]]:
    rows = []
    only = "-etrace=" + ",".join(f"?{name}" for name in CHANGING)
    for name, (state, work, meant) in operations(site).items():
        home = site.fresh(state)
        before = site.packs_now()
        code, log = traced(work, "-y", "-s", "4096", only)
        assert code == 0, (name, code)
        assert site.packs_now() == meant, (name, site.packs_now())
        faults = Order(home / "packs").follow(log)
        counts = collections.Counter(re.findall(r"^(\w+)\(", log, re.MULTILINE))
        row = {"operation": name, "points": 0, "old": 0, "new": 0, "errors": 0, "wrong": faults}
        points = [(call, n, None) for call, count in counts.items() for n in range(1, count + 1)]
        points += [
            (call, n, error) for call, errors in ERRORS.items() for error in errors for n in range(1, counts[call] + 1)
        ]
        for call, n, error in points[::sample]:
            site.fresh(state)
            what = f"error={error}" if error else "signal=SIGKILL"
            code, _ = traced(work, f"-etrace={call}", f"-einject={call}:{what}:when={n}")
            now = site.packs_now()
            row["points" if error is None else "errors"] += 1
            if now == before:
                row["old"] += 1
            elif now == meant:
                row["new"] += 1
            killed = code == -signal.SIGKILL
            allowed = allowed_after_errors(before, meant) if error else {before, meant}
            sound = now in allowed and (killed if error is None else not killed and code != CRASHED)
            if not sound:
                row["wrong"].append(f"{call} {n} {what}: exit {code}, {now}")
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=1, metavar="N")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not STRACE:
        raise SystemExit("strace is not installed (Debian: apt install strace)")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows = sweep(Site(Path(folder).resolve()), options.sample)
    if options.json:
        print(json.dumps(rows))
    else:
        print(f"{'operation':<16} {'cuts':>6} {'errors':>7} {'old':>6} {'new':>6} {'wrong':>6}")
        for row in rows:
            wrong = row["wrong"]
            print(
                f"{row['operation']:<16} {row['points']:>6} {row['errors']:>7} {row['old']:>6} {row['new']:>6} {len(wrong):>6}"
            )
            for one in wrong:
                print(f"  {one}")
        total = sum(row["points"] + row["errors"] for row in rows)
        print(f"{total} points in {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if any(row["wrong"] for row in rows) else 0)


if __name__ == "__main__":
    main()
