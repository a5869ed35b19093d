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

from machine import DEBIAN, Allowance, Machine, RolloutError, Tmux, run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
GOLD = ROOT / "packs" / "halden-gs40" / "questions.jsonl"
LANGUAGES = ROOT / "tests" / "packages"
ASKED = 12  # gold questions
DRAFTED = ("Why must I not run at low load?", "--draft")
MODEL = 150  # MB that a language model takes at least when it is loaded
WATCHED = 20  # seconds that the screen is open under strace
LITTLE, LESS = 1_500_000_000, 250_000_000  # bytes of memory of a small machine, and too few for a language model
MANUAL = "# Pump\n\n## Service\n\n1. Tighten the drain plug to {torque} N·m.\n"


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
        """The screen opens in tmux past the first start, and in 20 s asks for no internet socket, CI unset."""
        command = "strace -f -qq -o trace -e trace=network,io_uring_setup fieldfare"
        with Tmux(self.machine, command) as screen:
            began = time.monotonic()
            screen.until("Language")  # the first start asks; Esc leaves it out
            screen.press("Escape")
            shown = screen.until("Question")
            time.sleep(max(0.0, WATCHED - (time.monotonic() - began)))
            screen.press("C-q")
        trace = self.machine.root / "home" / "tech" / "trace"
        calls = trace.read_text("utf-8", "replace").splitlines()
        trace.unlink()
        if internet := [line for line in calls if re.search(r"AF_INET6?\b|AF_PACKET|io_uring_setup", line)]:
            raise RolloutError(f"it asked for the internet: {internet[:3]}")
        first = next(filter(None, map(str.strip, shown.splitlines())), "")
        return f"{len(calls)} network calls, none of the internet; shown: {first[:60]}"

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
        if done.returncode != 23 or "Traceback" in done.stderr:
            raise RolloutError(f"installing on a full disk: {done.returncode}: {done.stderr[-400:]}")
        run(["umount", str(small)])
        seen.append(("read-only data", self.machine.tech(*ask, fine=(), FIELDFARE_HOME="/proc/f")))
        program = str(self.machine.root / "usr/lib/fieldfare")
        run(["mount", "--bind", program, program])
        run(["mount", "-o", "remount,ro,bind", program])
        seen.append(("read-only program", self.machine.tech(*ask, fine=())))
        run(["umount", program])
        for name, done in seen:
            if done.returncode != 0 or "Traceback" in done.stderr:
                raise RolloutError(f"{name}: exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        return ", ".join(name for name, _ in seen) + ": answers; a pack on a full disk: refused, exit code 23"

    def memory(self) -> str:
        """With 1.5 GB of memory it answers, with the language model where it has one; where there is too little for that, it quotes and says so."""
        seen = []
        for limit, least in ((LITTLE, MODEL), (LESS, 0)):
            allowance = Allowance(limit)
            try:
                done = self.machine.tech("fieldfare", "ask", *DRAFTED[: 2 if self.drafts else 1], first=allowance.join)
            finally:
                peak = allowance.close()
            said = done.stderr.strip()
            if self.drafts and (peak < least or bool(said) == bool(least)):
                raise RolloutError(f"{limit // 10**6} MB: took {peak:.0f} MB and said: {said[-500:]}")
            seen.append(f"{limit // 10**6} MB: answered, took {peak:.0f} MB{f', {said}' if said else ''}")
        return "; ".join(seen)

    def upgrade(self) -> str:
        """A newer .deb takes the place of the older while its screen is open, which works on; what the user has stays."""
        tree = self.machine.root / "srv" / "tree"
        run(["dpkg-deb", "-R", str(self.deb), str(tree)])
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0", control.read_text("utf-8")), "utf-8")
        # Another file in the place of the program, as with any newer one: who reads it as the old one gets nonsense.
        program = tree / "usr/lib/fieldfare/fieldfare"
        program.rename(program.with_name("fieldfare-99"))
        program.write_text('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/fieldfare-99" "$@"\n', "utf-8")
        program.chmod(0o755)
        newer = str(self.machine.root / "srv/newer.deb")
        run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), newer])
        shutil.rmtree(tree)
        with Tmux(self.machine, "fieldfare", FIELDFARE_WELCOMED="true") as screen:
            screen.until("Question")
            self.machine.inside("dpkg", "-i", "/srv/newer.deb")
            screen.press("F8")  # a room that is imported when it is first entered
            screen.until("Language of the screen")
            screen.press("C-q")
        status = self.machine.inside("dpkg-query", "-W", "-f", "${Version}", "fieldfare").stdout
        listed = {one["id"] for one in json.loads(self.machine.tech("fieldfare", "pack", "list", "--json").stdout)}
        if status != "99.0" or "pump" not in listed:
            raise RolloutError(f"version {status}, packs {listed}")
        return "99.0, packs kept, the open screen worked on"

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

    def everybody(self) -> str:
        """The .tar.gz installs for all users by root; a technician uses it; it goes without a trace."""
        before = self.machine.files()
        self.machine.inside(
            "sh", "-c", "mkdir /srv/all && tar -xzf /srv/f.tar.gz -C /srv/all && /srv/all/*/install.sh --all-users"
        )
        said = self.machine.tech("/usr/local/bin/fieldfare", "doctor", "--verify").stdout.splitlines()[0]
        self.machine.inside("sh", "-c", "rm -rf /srv/all; /usr/local/lib/fieldfare/install.sh --uninstall")
        if strays := {one for one in self.machine.files() - before if "/.local/share/fieldfare/" not in one}:
            raise RolloutError(f"left behind: {sorted(strays)[:5]}")
        return said

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
    "translate",
    "proof",
    "screen",
    "update",
    "hardship",
    "memory",
    "upgrade",
    "uninstall",
    "archive",
    "everybody",
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
