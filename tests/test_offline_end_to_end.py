"""Build, search and ask with the cable out: no socket of the internet families is even asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fieldfare import paths

ROOT = Path(__file__).parent.parent
TOOLS = ("unshare", "strace", "ip")


def _namespaces() -> bool:
    return all(map(shutil.which, TOOLS)) and (
        subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode == 0
    )


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="network namespaces exist on Linux only"),
    pytest.mark.skipif(not _namespaces(), reason=f"needs {', '.join(TOOLS)} and the right to make a network namespace"),
]


def cut_off(trace: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in an empty network namespace, every network call of all its threads and children traced."""
    inside = 'ip link set lo up && exec strace -f -qq -e trace=network,io_uring_setup -o "$0" "$@"'
    environment = {key: value for key, value in os.environ.items() if key not in {"CI", "GITHUB_ACTIONS"}}
    return subprocess.run(
        ["unshare", "-n", "sh", "-c", inside, str(trace), sys.executable, "-m", "fieldfare", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "app",
        env={**environment, "FIELDFARE_HOME": str(home), "FIELDFARE_SHARE": str(paths.share_dir())},
    )


def internet_calls(trace: Path) -> list[str]:
    return [line for line in trace.read_text().splitlines() if re.search(r"AF_INET6?|AF_PACKET|io_uring_setup", line)]


def test_build_search_and_ask_need_no_network(pump_source: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pump.fpack"
    commands = [
        ("pack", "build", str(pump_source), "-o", str(pack)),
        ("pack", "key", "new", "--no-password", str(tmp_path / "author")),
        ("pack", "sign", str(pack), "-k", str(tmp_path / "author.key")),
        ("pack", "trust", "add", str(tmp_path / "author.pub")),
        ("pack", "install", str(pack)),
        ("search", "under-voltage"),
        ("ask", "which oil does the gearbox hold?"),
        ("ask", "--json", "what does E22 mean"),
    ]
    for number, command in enumerate(commands):
        trace = tmp_path / f"trace-{number}"
        done = cut_off(trace, tmp_path / "home", *command)
        assert done.returncode == 0, done.stderr
        assert trace.exists()
        assert internet_calls(trace) == []


def test_the_guard_is_closed_in_every_thread_and_child(tmp_path: Path) -> None:
    code = (
        "from fieldfare.offline import close_network; close_network()\n"
        "import socket, subprocess, sys, threading\n"
        "def tried(family):\n"
        "    try: socket.socket(family, socket.SOCK_STREAM).close(); return 'open'\n"
        "    except OSError: return 'closed'\n"
        "found = []\n"
        "thread = threading.Thread(target=lambda: found.append(tried(socket.AF_INET6))); thread.start(); thread.join()\n"
        "found.append(tried(socket.AF_INET))\n"
        "child = 'import socket; socket.socket(socket.AF_INET)'\n"
        "found.append('closed' if subprocess.run([sys.executable, '-c', child], stderr=-3).returncode else 'open')\n"
        "socket.socketpair()\n"
        "print(*found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "app", env={**os.environ}
    )
    assert done.stdout.split() == ["closed", "closed", "closed"]
    assert tmp_path.exists()
