"""The closed network: what is refused, what goes on working, in this process and in what it starts."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent / "app")}
SECCOMP = sys.platform == "linux" and platform.machine() in {"x86_64", "aarch64"}
needs_seccomp = pytest.mark.skipif(not SECCOMP, reason="only Linux on x86-64 and aarch64 can refuse native code")


def run(code: str) -> str:
    """Run code in a process of its own: a network once closed stays so."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_closing_is_verified_by_trying_and_happens_once() -> None:
    code = """
        from fieldfare import offline
        assert "not closed" in offline.describe()
        guard = offline.close_network()
        assert offline.close_network() is guard and offline.describe() == guard.sentence
        print(guard.kind, guard.covers_native, offline.probe())
    """
    assert run(code) == ("seccomp True False" if SECCOMP else "python False False")


@needs_seccomp
def test_every_network_family_is_refused_and_local_ones_work() -> None:
    code = """
        import socket
        from fieldfare import offline
        offline.close_network()
        refused = []
        for family in range(46):
            try:
                socket.socket(family, socket.SOCK_DGRAM if family != 16 else socket.SOCK_RAW).close()
            except PermissionError:
                refused.append(family)
            except OSError:
                pass
        assert set(range(46)) - set(refused) <= {1, 16}, refused
        left, right = socket.socketpair()
        left.sendall(b"x")
        print(right.recv(1))
    """
    assert run(code) == "b'x'"


@needs_seccomp
def test_native_code_threads_and_children_are_refused() -> None:
    code = """
        import ctypes, subprocess, sys, threading
        go, results = threading.Event(), []
        libc = ctypes.CDLL(None, use_errno=True)
        def late():
            go.wait()
            results.append((libc.socket(2, 1, 0), ctypes.get_errno()))
        older = threading.Thread(target=late)
        older.start()
        from fieldfare import offline
        offline.close_network()
        go.set()
        older.join()
        child = "import socket\\ntry:\\n    socket.socket()\\nexcept PermissionError:\\n    print('refused')"
        print(results, subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip())
    """
    assert run(code) == "[(-1, 13)] refused"


@needs_seccomp
def test_rings_and_foreign_call_numbers_are_refused() -> None:
    code = """
        import ctypes, platform
        from fieldfare import offline
        offline.close_network()
        libc = ctypes.CDLL(None, use_errno=True)
        found = []
        for number in [425, 426, 427] + ([0x40000000 + 41] if platform.machine() == "x86_64" else []):
            found.append((libc.syscall(ctypes.c_long(number), 1, 0, 0, 0, 0, 0), ctypes.get_errno()))
        print(set(found))
    """
    assert run(code) == "{(-1, 13)}"


@needs_seccomp
def test_a_family_hidden_in_the_upper_half_of_the_argument_is_refused() -> None:
    code = """
        import ctypes, platform
        from fieldfare import offline
        offline.close_network()
        libc = ctypes.CDLL(None, use_errno=True)
        number = 41 if platform.machine() == "x86_64" else 198
        print(libc.syscall(ctypes.c_long(number), ctypes.c_ulong((1 << 32) + 2), ctypes.c_ulong(1), ctypes.c_ulong(0)))
    """
    assert run(code) == "-1"


def test_event_loops_go_on_working() -> None:
    code = """
        from fieldfare import offline
        offline.close_network()
        import asyncio
        async def main():
            await asyncio.to_thread(lambda: None)
            process = await asyncio.create_subprocess_exec("echo" if __import__("os").name != "nt" else "whoami", stdout=-3)
            return await process.wait()
        print(asyncio.run(main()))
    """
    assert run(code) == "0"


def test_without_seccomp_python_code_is_refused_and_the_limit_is_said() -> None:
    code = """
        from fieldfare import offline
        offline._install_filter = lambda _: False
        guard = offline.close_network()
        assert not guard.covers_native and "not covered" in guard.sentence
        import socket
        refused = 0
        for attempt in (
            lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
            lambda: socket.getaddrinfo("example.org", 80),
            lambda: socket.gethostbyname("example.org"),
            lambda: socket.socket().bind(("", 0)),
        ):
            try:
                attempt()
            except PermissionError:
                refused += 1
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname()).close()
        print(refused, offline.probe())
    """
    assert run(code) == "5 False"
