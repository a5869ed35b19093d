"""Tries the installers as IT rolls them out: on a minimal Debian with no Python, no compiler, no network.

    build/rollout.py FOLDER [--keep]

FOLDER holds the .deb and .tar.gz that scripts/bundle made. The Debian is made once by debootstrap (in the cache folder);
each run works on a fresh layer over it, in mount and network namespaces of its own. Needs root, and overlayfs. One line a
check; the exit code is 0 only if every check passed. --keep leaves the layer for a look.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
DEBIAN = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fieldfare" / "debian"
PYTHON = ROOT / ".venv" / "bin" / "python"
GOLD = ROOT / "packs" / "halden-gs40" / "questions.jsonl"
LANGUAGES = ROOT / "tests" / "packages"
ASKED = 12  # gold questions
WATCHED = 20  # seconds that the screen is open under strace
MANUAL = "# Pump\n\n## Service\n\n1. Tighten the drain plug to {torque} N·m.\n"
# What dpkg, the C library and the shell of the trial itself write.
THEIRS = re.compile(
    r"(var/lib/dpkg|var/log|var/cache|etc/ld\.so\.cache|etc/(passwd|shadow|group|gshadow|sub[ug]id|\.pwd\.lock)|run|tmp|dev|proc|srv|home/tech/\.bash)"
)


class RolloutError(Exception):
    """What a check found wrong, as a sentence."""


class Machine:
    """A fresh Debian, entered by chroot."""

    def __init__(self, layer: Path) -> None:
        self.root, self.upper = layer / "root", layer / "upper"
        for folder in (self.root, self.upper, layer / "work"):
            folder.mkdir()
        options = f"lowerdir={DEBIAN},upperdir={self.upper},workdir={layer / 'work'}"
        run(["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)])
        run(["mount", "-t", "proc", "proc", str(self.root / "proc")])
        run(["mount", "--rbind", "/dev", str(self.root / "dev")])
        run(["mount", "-t", "tmpfs", "-o", "noexec,nosuid,size=16m", "tmpfs", str(self.root / "tmp")])
        self.inside("useradd", "-m", "-s", "/bin/bash", "tech")

    def inside(
        self, *command: str, fine: Sequence[int] = (0,), env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root; RolloutError where its exit code is none of `fine`."""
        settings = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(env or {}),
        }
        done = subprocess.run(["chroot", str(self.root), *command], capture_output=True, text=True, check=False, env=settings,
                              stdin=subprocess.DEVNULL, timeout=600)  # fmt: skip
        if fine and done.returncode not in fine:
            raise RolloutError(
                f"{' '.join(command)}: exit code {done.returncode}: {(done.stdout + done.stderr).strip()[-700:]}"
            )
        return done

    def tech(
        self, *command: str, fine: Sequence[int] = (0,), before: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a technician in his home; `before` is what a shell does first."""
        wrapped = [
            "setpriv",
            "--reuid=tech",
            "--regid=tech",
            "--init-groups",
            "--no-new-privs",
            "sh",
            "-c",
            f'cd; {before} exec "$@"',
            "sh",
            *command,
        ]
        return self.inside(*wrapped, fine=fine, env={"HOME": "/home/tech", "TERM": "xterm-256color", **env})

    def files(self) -> set[str]:
        """What was written since the machine was fresh, but for what the system itself writes."""
        found = set()
        for path in self.upper.rglob("*"):
            name = path.relative_to(self.upper).as_posix()
            if not path.is_dir() and not THEIRS.match(name) and not path.is_char_device():
                found.add(name)
        return found


def run(command: list[str]) -> None:
    """Run a command of the host; RolloutError where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RolloutError(f"{' '.join(command)}: {done.stderr.strip()}")


# --- checks, in the order in which IT goes; each returns what it saw -----------------------------------------------------


class Rollout:
    """The checks of one machine."""

    def __init__(self, machine: Machine, folder: Path, scratch: Path) -> None:
        self.machine, self.scratch = machine, scratch
        self.deb, self.tar = newest(folder, "*.deb"), newest(folder, "*.tar.gz")
        self.drafts = "search-only" not in self.deb.name

    def bare(self) -> str:
        """The machine has nothing that the program could lean on."""
        for tool in ("python3", "gcc", "curl"):
            if self.machine.inside("sh", "-c", f"command -v {tool}", fine=()).returncode == 0:
                raise RolloutError(f"this Debian has {tool}")
        links = self.machine.inside("cat", "/proc/net/dev").stdout.splitlines()[2:]
        return f"Debian {(DEBIAN / 'etc/debian_version').read_text().strip()}, no Python, no compiler, {len(links)} interface (lo, down)"

    def install(self) -> str:
        """The .deb installs without a question, into its folders only."""
        shutil.copy(self.deb, self.machine.root / "srv" / "new.deb")
        done = self.machine.inside("dpkg", "-i", "/srv/new.deb")
        if "?" in done.stdout:
            raise RolloutError(f"it asked: {done.stdout}")
        listed = {line.lstrip("/") for line in self.machine.inside("dpkg", "-L", "fieldfare").stdout.splitlines()}
        strays = self.machine.files() - listed - {one.replace("/lib/", "/usr/lib/", 1) for one in listed}
        strays = {one for one in strays if one.removeprefix("usr/") not in listed and not one.startswith("home/tech")}
        if strays:
            raise RolloutError(f"outside its folders: {sorted(strays)[:5]}")
        return f"{len(listed)} paths, none outside"

    def verify(self) -> str:
        """The files are as they were made; one changed bit is told."""
        said = self.machine.tech("fieldfare", "doctor", "--verify").stdout
        file = self.machine.root / "usr/lib/fieldfare/_internal/licences/NOTICE"
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        if "licences/NOTICE" not in self.machine.tech("fieldfare", "doctor", "--verify", fine=(6,)).stdout:
            raise RolloutError("a changed file was not told")
        file.write_bytes(whole)
        return said.splitlines()[0]

    def gold(self) -> str:
        """Gold questions of the demonstration pack get the page that they should, or no answer where there is none."""
        rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
        sample = [row for row in rows if row.get("page") or not row["answerable"]][:: max(1, len(rows) // ASKED)][
            :ASKED
        ]
        right, missed = 0, []
        for row in sample:
            done = self.machine.tech("fieldfare", "ask", "--json", row["text"], fine=(0, 10))
            said = json.loads(done.stdout)
            pages = {one["page"] for one in said["statements"]} | {one["page"] for one in said.get("evidence", [])[:3]}
            fits = done.returncode == 10 if not row["answerable"] else str(row["page"]) in pages
            right += fits
            missed += [] if fits else [row["id"]]
        if right < len(sample) * 0.75:
            raise RolloutError(f"only {right} of {len(sample)} right; not {', '.join(missed)}")
        return f"{right} of {len(sample)} right{f' (not {chr(44).join(missed)})' if missed else ''}"

    def proof(self) -> str:
        """`doctor --offline-proof` holds."""
        said = json.loads(self.machine.tech("fieldfare", "doctor", "--offline-proof", "--json").stdout)
        return ", ".join(row["tried"] for row in said["trials"] if row["ok"])

    def screen(self) -> str:
        """The screen opens in tmux, finds a code, and in 20 s asks for no internet socket, CI unset."""
        tmux = ["tmux", "-L", "t", "-f", "/dev/null"]
        trace = "strace -f -qq -o trace -e trace=network,io_uring_setup fieldfare"
        self.machine.tech(*tmux, "new-session", "-d", "-s", "f", "-x", "80", "-y", "24", trace)
        began, shown = time.monotonic(), ""
        try:
            while time.monotonic() - began < WATCHED:
                time.sleep(2)
                if "Language" in shown:  # the first start asks; Esc leaves it out
                    self.machine.tech(*tmux, "send-keys", "-t", "f", "Escape")
                shown = self.machine.tech(*tmux, "capture-pane", "-p", "-t", "f").stdout
            self.machine.tech(*tmux, "send-keys", "-t", "f", "C-q")
            time.sleep(3)
        finally:
            self.machine.tech(*tmux, "kill-server", fine=())
        trace_file = self.machine.root / "home" / "tech" / "trace"
        calls = trace_file.read_text("utf-8", "replace").splitlines()
        trace_file.unlink()
        if internet := [line for line in calls if re.search(r"AF_INET6?\b|AF_PACKET|io_uring_setup", line)]:
            raise RolloutError(f"it asked for the internet: {internet[:3]}")
        if "Question" not in shown:
            raise RolloutError(f"the screen shows: {shown}")
        return f"{len(calls)} network calls, none of the internet; shown: {next(filter(None, map(str.strip, shown.splitlines())), '')[:60]}"

    def translate(self) -> str:
        """A language package is installed by its digest and translates."""
        if not LANGUAGES.is_dir():
            return "no package to try"
        file = next(LANGUAGES.glob("*en_de*.argosmodel"))
        shutil.copy(file, self.machine.root / "srv")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self.machine.tech("fieldfare", "lang", "install", f"/srv/{file.name}", "--sha256", digest)
        return self.machine.tech("fieldfare", "lang", "test", "en-de", "Switch the machine off.").stdout.strip()

    def update(self) -> str:
        """A pack comes from a folder, signed; then a newer one; then one for all users, by root, with a line in the log."""
        stick = self.machine.root / "srv" / "stick"
        stick.mkdir()
        author("pack", "key", "new", "--no-password", str(self.scratch / "acme"))
        shutil.copy(self.scratch / "acme.pub", self.machine.root / "srv")
        self.machine.tech("fieldfare", "pack", "trust", "add", "/srv/acme.pub")
        for version, torque in (("1.0.0", 45), ("1.1.0", 50)):
            self.publish(stick, version, torque)
            self.machine.tech("fieldfare", "update", "/srv/stick", "--all")
        said = self.machine.tech("fieldfare", "ask", "how tight is the drain plug of the pump", fine=(0, 10)).stdout
        if "50" not in said:
            raise RolloutError(f"the new version does not answer: {said}")
        self.machine.inside("fieldfare", "--all-users", "pack", "trust", "add", "/srv/acme.pub")
        self.publish(stick, "1.2.0", 55)
        self.machine.inside(
            "fieldfare", "--all-users", "update", "/srv/stick", "--all", "--log", "/var/log/fieldfare.log"
        )
        line = json.loads((self.machine.root / "var/log/fieldfare.log").read_text("utf-8"))
        listed = {
            one["id"]: one["version"]
            for one in json.loads(self.machine.tech("fieldfare", "pack", "list", "--json").stdout)
        }
        if (line["exit"], listed.get("pump")) != (0, "1.2.0"):
            raise RolloutError(f"{line}, {listed}")
        return f"1.0.0, 1.1.0 for one user, 1.2.0 for all; log: {line['installed']}"

    def publish(self, stick: Path, version: str, torque: int) -> None:
        """What an author does on his machine."""
        source = self.scratch / f"pump-{version}"
        source.mkdir()
        (source / "manual.md").write_text(MANUAL.format(torque=torque), "utf-8")
        (source / "pack.toml").write_text(
            f'[pack]\nid = "pump"\nversion = "{version}"\ntitle = "Pump"\nlanguage = "en"\n', "utf-8"
        )
        pack = stick / f"pump-{version}.fpack"
        author("pack", "build", str(source), "-o", str(pack))
        author("pack", "sign", str(pack), "-k", str(self.scratch / "acme.key"))

    def hardship(self) -> str:
        """Without a home, with a full disk, with little memory, with nowhere to write: it answers or says why not."""
        ask = ("fieldfare", "ask", "e 21 on display what is it")
        seen = []
        done = self.machine.inside(
            "setpriv", "--reuid=tech", "--regid=tech", "--init-groups", "env", "-i", *ask, fine=()
        )
        seen.append(("no home, no environment", done))
        small = self.machine.root / "mnt"
        run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", str(small)])
        (small / "filler").write_bytes(b"\0" * 64 * 1024)
        seen.append(("full disk", self.machine.tech(*ask, fine=(), FIELDFARE_HOME="/mnt/full")))
        shutil.copy(newest(self.machine.root / "srv" / "stick", "*.fpack"), self.scratch / "p.fpack")
        done = self.machine.tech(
            "fieldfare",
            "pack",
            "install",
            "/srv/stick/pump-1.2.0.fpack",
            "--unsigned",
            fine=(),
            FIELDFARE_HOME="/mnt/full",
        )
        if done.returncode != 6 or "Traceback" in done.stderr:
            raise RolloutError(f"installing on a full disk: {done.returncode}: {done.stderr[-400:]}")
        run(["umount", str(small)])
        seen.append(("read-only data", self.machine.tech(*ask, fine=(), FIELDFARE_HOME="/proc/f")))
        seen.append(("1.5 GB of memory", self.machine.tech(*ask, fine=(), before="ulimit -v 1500000;")))
        for name, done in seen:
            if done.returncode != 0 or "Traceback" in done.stderr:
                raise RolloutError(f"{name}: exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        return ", ".join(name for name, _ in seen) + ": answers; a pack on a full disk: refused, exit code 6"

    def upgrade(self) -> str:
        """A newer .deb takes the place of the older; what the user has stays."""
        tree = self.machine.root / "srv" / "tree"
        run(["dpkg-deb", "-R", str(self.deb), str(tree)])
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0", control.read_text("utf-8")), "utf-8")
        run(
            ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(self.machine.root / "srv/newer.deb")]
        )
        shutil.rmtree(tree)
        self.machine.inside("dpkg", "-i", "/srv/newer.deb")
        status = self.machine.inside("dpkg-query", "-W", "-f", "${Version}", "fieldfare").stdout
        listed = {one["id"] for one in json.loads(self.machine.tech("fieldfare", "pack", "list", "--json").stdout)}
        if status != "99.0" or "pump" not in listed:
            raise RolloutError(f"version {status}, packs {listed}")
        return "99.0, packs kept"

    def uninstall(self) -> str:
        """Removing leaves what users have; purging takes what IT kept as well."""
        before = {one for one in self.machine.files() if one.startswith("home/tech")}
        self.machine.inside("dpkg", "-r", "fieldfare")
        left = self.machine.files()
        if strays := {one for one in left if not one.startswith(("home/tech", "var/lib/fieldfare"))}:
            raise RolloutError(f"left behind: {sorted(strays)[:5]}")
        if lost := before - left:
            raise RolloutError(f"the user lost {sorted(lost)[:3]}")
        self.machine.inside("dpkg", "-P", "fieldfare")
        if strays := {one for one in self.machine.files() if not one.startswith("home/tech")}:
            raise RolloutError(f"left behind after purge: {sorted(strays)[:5]}")
        return f"{len(before)} files of the user kept, nothing else left"

    def archive(self) -> str:
        """The .tar.gz installs for one user without rights, upgrades in place, and goes without a trace."""
        shutil.copy(self.tar, self.machine.root / "srv/f.tar.gz")
        before = self.machine.files()
        self.machine.tech(
            "sh",
            "-c",
            "mkdir u && tar -xzf /srv/f.tar.gz -C u && u/*/install.sh && u/*/install.sh && .local/bin/fieldfare --version",
        )
        self.machine.tech(".local/bin/fieldfare", "doctor", "--verify")
        self.machine.tech(".local/bin/fieldfare", "ask", "e 21 on display what is it")
        said = self.machine.tech(
            "sh", "-c", 'f=$(ls -d u/*/); printf x >> "$f/_internal/licences/NOTICE"; "$f/install.sh"', fine=(24,)
        ).stderr
        self.machine.tech("sh", "-c", "rm -rf u; .local/lib/fieldfare/install.sh --uninstall")
        if strays := {one for one in self.machine.files() - before if "/.local/share/fieldfare/" not in one}:
            raise RolloutError(f"left behind: {sorted(strays)[:5]}")
        return f"installed twice, verified, answered, removed; a damaged copy: {said.strip()}"


def newest(folder: Path, pattern: str) -> Path:
    """The newest file of a kind."""
    found = sorted(folder.glob(pattern), key=lambda one: one.stat().st_mtime)
    if not found:
        raise RolloutError(f"{folder} holds no {pattern}: run scripts/bundle")
    return found[-1]


def author(*arguments: str) -> None:
    """Run the author's program on the host."""
    run([str(PYTHON), "-m", "fieldfare", *arguments])


CHECKS = (
    "bare",
    "install",
    "verify",
    "gold",
    "proof",
    "screen",
    "translate",
    "update",
    "hardship",
    "upgrade",
    "uninstall",
    "archive",
)


def main(arguments: list[str]) -> int:
    """Run every check; 0 if all passed."""
    parser = argparse.ArgumentParser(description="Try the installers on a minimal Debian.")
    parser.add_argument("folder", type=Path, help="where scripts/bundle put them")
    parser.add_argument("--keep", action="store_true", help="leave the layer for a look")
    options = parser.parse_args(arguments)
    if os.environ.get("FIELDFARE_ROLLOUT") != "inside":
        return apart(arguments)
    failed = 0
    layer = Path(tempfile.mkdtemp(prefix="rollout-", dir=DEBIAN.parent))
    try:
        rollout = Rollout(Machine(layer), options.folder.resolve(), layer)
        for name in CHECKS:
            check: Callable[[], str] = getattr(rollout, name)
            began = time.monotonic()
            try:
                said, mark = check(), "ok  "
            except (RolloutError, OSError, ValueError, LookupError, subprocess.TimeoutExpired) as error:
                said, mark = str(error), "FAIL"
                failed += 1
            print(f"{mark}  {name:<10} {time.monotonic() - began:6.1f} s  {said}", flush=True)
    except RolloutError as error:
        print(f"FAIL  {error}")
        failed += 1
    finally:
        if not options.keep:
            subprocess.run(["umount", "-R", "-l", str(layer / "root")], check=False, capture_output=True)
            shutil.rmtree(layer, ignore_errors=True)
    print(f"{failed} checks failed." if failed else "All checks passed.")
    return 1 if failed else 0


def apart(arguments: list[str]) -> int:
    """Make the Debian if there is none, then run this again in namespaces of its own, without a network."""
    if os.geteuid() != 0:
        print("This needs root: it makes a Debian and enters it.", file=sys.stderr)
        return 2
    if not (DEBIAN / "usr/bin/tmux").exists():
        if shutil.which("debootstrap") is None:
            print("debootstrap is missing (Debian: apt install debootstrap).", file=sys.stderr)
            return 2
        DEBIAN.parent.mkdir(parents=True, exist_ok=True)
        making = DEBIAN.with_name("debian.new")
        shutil.rmtree(making, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "--include=strace,tmux", "stable", str(making)], check=True)
        shutil.rmtree(DEBIAN, ignore_errors=True)
        making.rename(DEBIAN)
    settings = {key: value for key, value in os.environ.items() if key != "CI"} | {"FIELDFARE_ROLLOUT": "inside"}
    command = [
        "unshare",
        "--mount",
        "--net",
        "--propagation",
        "private",
        sys.executable,
        str(Path(__file__).resolve()),
        *arguments,
    ]
    return subprocess.run(command, check=False, env=settings).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
