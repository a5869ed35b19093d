"""A bare Debian to try installers on: a fresh layer over one that debootstrap made, entered by chroot; and little memory."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEBIAN = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fieldfare" / "debian"
PATIENCE = 15.0  # seconds for a screen to end
CGROUPS = Path("/sys/fs/cgroup")
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
        self,
        *command: str,
        fine: Sequence[int] = (0,),
        env: dict[str, str] | None = None,
        first: Callable[[], None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root; RolloutError where its exit code is none of `fine`. `first` is done in its process."""
        settings = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(env or {}),
        }
        done = subprocess.run(["chroot", str(self.root), *command], capture_output=True, text=True, check=False, env=settings,
                              stdin=subprocess.DEVNULL, timeout=600, preexec_fn=first)  # fmt: skip
        if fine and done.returncode not in fine:
            raise RolloutError(
                f"{' '.join(command)}: exit code {done.returncode}: {(done.stdout + done.stderr).strip()[-700:]}"
            )
        return done

    def tech(
        self, *command: str, fine: Sequence[int] = (0,), first: Callable[[], None] | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a technician in his home."""
        wrapped = [
            "setpriv",
            "--reuid=tech",
            "--regid=tech",
            "--init-groups",
            "--no-new-privs",
            "sh",
            "-c",
            'cd; exec "$@"',
            "sh",
            *command,
        ]
        return self.inside(
            *wrapped, fine=fine, first=first, env={"HOME": "/home/tech", "TERM": "xterm-256color", **env}
        )

    def files(self) -> set[str]:
        """What was written since the machine was fresh, but for what the system itself writes."""
        found = set()
        for path in self.upper.rglob("*"):
            name = path.relative_to(self.upper).as_posix()
            if not path.is_dir() and not THEIRS.match(name) and not path.is_char_device():
                found.add(name)
        return found


class Tmux:
    """A program of the technician in a terminal of 80 by 24, until the end of the block or of the program."""

    def __init__(self, machine: Machine, command: str, **env: str) -> None:
        self._machine, self._command, self._env = machine, command, env

    def _tmux(self, *arguments: str, fine: Sequence[int] = (0,)) -> str:
        return self._machine.tech("tmux", "-L", "t", "-f", "/dev/null", *arguments, fine=fine, **self._env).stdout

    def __enter__(self) -> Self:
        self._tmux("new-session", "-d", "-s", "f", "-x", "80", "-y", "24", self._command)
        return self

    def __exit__(self, *_: object) -> None:
        end = time.monotonic() + PATIENCE
        while self._machine.tech("tmux", "-L", "t", "has-session", fine=()).returncode == 0 and time.monotonic() < end:
            time.sleep(0.5)
        self._tmux("kill-server", fine=())

    def press(self, key: str) -> None:
        """Press a key by its name."""
        self._tmux("send-keys", "-t", "f", key)

    def until(self, text: str) -> str:
        """The screen once it shows a text; RolloutError where it never does or the program ends."""
        end, shown = time.monotonic() + 4 * PATIENCE, ""
        while text not in shown:
            if time.monotonic() > end:
                raise RolloutError(f"“{text}” is not shown: {shown}")
            time.sleep(0.5)
            shown = self._tmux("capture-pane", "-p", "-t", "f", fine=())
            if not shown:
                raise RolloutError(f"the program ended before it showed “{text}”")
        return shown


class Allowance:
    """So many bytes of memory and no more for what is started in it: a control group, of either version."""

    def __init__(self, limit: int) -> None:
        unified = (CGROUPS / "cgroup.controllers").exists()
        self.folder = (CGROUPS if unified else CGROUPS / "memory") / f"fieldfare-rollout-{os.getpid()}"
        self.peak = self.folder / ("memory.peak" if unified else "memory.max_usage_in_bytes")
        self.folder.mkdir()
        (self.folder / ("memory.max" if unified else "memory.limit_in_bytes")).write_text(str(limit))

    def join(self) -> None:
        """Put this process, and what it starts, under the limit."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def close(self) -> float:
        """Lift it once all that ran in it is gone; the most that was taken, in MB. RolloutError where something stays."""
        peak, end = int(self.peak.read_text()) / 1e6, time.monotonic() + PATIENCE
        while left := (self.folder / "cgroup.procs").read_text().split():
            if time.monotonic() > end:
                raise RolloutError(f"processes stay behind: {', '.join(left)}")
            time.sleep(0.1)
        self.folder.rmdir()
        return peak


def run(command: list[str]) -> None:
    """Run a command of the host; RolloutError where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RolloutError(f"{' '.join(command)}: {done.stderr.strip()}")
