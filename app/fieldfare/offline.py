"""Closes the network for this process and its children, native code included where the system allows it.

An offline promise that rests on every library behaving is none: on Linux the kernel is told to refuse. Only the
standard library is imported here, because the door must be shut before anything else comes in.
"""

from __future__ import annotations

import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Sockets that stay: AF_UNIX (event loops and the terminal talk to themselves over it) and AF_NETLINK (asks the kernel
# for its list of interfaces; nothing sent there leaves the machine). Every other family is refused, so that Bluetooth,
# virtual-machine sockets and raw packets need no list of their own.
_ALLOWED_FAMILIES = (1, 16)
_IO_URING = (425, 426, 427)  # setup, enter, register: a ring can open sockets without the system call below
_X32 = 0x40000000  # system calls of the x32 ABI carry this bit and would pass by their other numbers
# machine: (audit name of the native ABI, number of socket(), number of seccomp(), whether x32 exists)
_ABIS = {
    "x86_64": (0xC000003E, 41, 317, True),
    "aarch64": (0xC00000B7, 198, 277, False),
}
# System calls that change files or start programs, and those that open files with the position of their flags.
_CHANGES = {
    # creat, open_by_handle_at, openat2, truncate, rename*, mkdir*, rmdir, link*, symlink*, unlink*, mknod*, chmod*, chown*,
    # set and remove attributes, execve*, ptrace, process_vm_writev, kill
    "x86_64": (85, 304, 437, 76, 82, 264, 316, 83, 258, 84, 86, 265, 88, 266, 87, 263, 133, 259, 90, 91, 268, 92, 93, 94,
               260, 188, 189, 190, 197, 198, 199, 59, 322, 101, 311, 62),
    "aarch64": (265, 437, 45, 38, 276, 34, 37, 36, 35, 33, 52, 53, 54, 55, 5, 6, 7, 14, 15, 16, 221, 281, 117, 271, 129),
}  # fmt: skip
_OPENS = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}  # open and openat
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF: ld [k], jeq k, jge k, jset k, ret k
_NUMBER, _ABI, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the low half of a 64-bit argument
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How the network is closed: `kind` is "seccomp" or "python", `sentence` tells it to a person."""

    kind: str
    covers_native: bool
    sentence: str


_SECCOMP = Guard(
    kind="seccomp",
    covers_native=True,
    sentence="The Linux kernel refuses network sockets to this program and all it starts, native code included.",
)
_PYTHON = Guard(
    kind="python",
    covers_native=False,
    sentence="Python code of this program is refused the network; native code is not covered on this system.",
)
_closed: list[Guard] = []


def close_network() -> Guard:
    """Refuse the network from now on, for good, and say how; a second call changes nothing."""
    if not _closed:
        if _install_filter(_network_rules):
            _closed.append(_SECCOMP)
        else:
            sys.addaudithook(_refuse)
            _closed.append(_PYTHON)
    return _closed[0]


def close_files() -> bool:
    """Refuse to change any file or start any program from now on, for good; False where the system cannot.

    What is open stays open. For processes that only read, such as the one that parses manuals.
    """
    return _install_filter(_file_rules)


def filters() -> int:
    """How many filters of the kernel this process is under, those of its parents included; 0 where the kernel does not say."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123  (nothing else is imported)
            told = dict(line.split(":", 1) for line in status if ":" in line)
        return int(told.get("Seccomp_filters", 0))
    except (OSError, ValueError):
        return 0


def describe() -> str:
    """A sentence on what is closed now."""
    return _closed[0].sentence if _closed else "The network is not closed for this program."


OPENED = 30
"""Exit code of a child that was started to try a socket, and opened it: no other end of a process has it."""


def probe() -> bool:
    """Whether an internet socket could be opened and pointed at another machine. Sends nothing."""
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attempt:
            attempt.connect(("192.0.2.1", 9))  # a documentation address; connecting UDP only notes the peer
    except PermissionError:
        return False
    except OSError as error:
        return error.errno not in {errno.EACCES, errno.EPERM}
    return True


# A line of a filter: operation, operand, label to jump to if true, label if false ("" is the next line).
_Line = tuple[int, int, str, str]


def _network_rules(machine: str) -> list[_Line]:
    return [
        *((_EQUAL, number, "refuse", "") for number in _IO_URING),
        (_EQUAL, _ABIS[machine][1], "", "allow"),
        (_LOAD, _FIRST_ARGUMENT, "", ""),
        *((_EQUAL, family, "allow", "") for family in _ALLOWED_FAMILIES),
        (_RETURN, _REFUSE, "", ""),
    ]


def _file_rules(machine: str) -> list[_Line]:
    lines: list[_Line] = [(_EQUAL, number, "refuse", "") for number in (*_IO_URING, *_CHANGES[machine])]
    for number, flags in _OPENS[machine]:
        lines += [
            (_EQUAL, number, "", f"not {number}"),
            (_LOAD, _FIRST_ARGUMENT + 8 * flags, "", ""),
            (_ANY_BIT, _WRITING, "refuse", "allow"),
            (0, 0, f"not {number}", ""),
        ]
    return lines


def _program(machine: str, rules: list[_Line]) -> bytes:
    """The filter as an array of struct sock_filter: `rules` for calls of the native ABI, all others refused."""
    abi, _, _, has_x32 = _ABIS[machine]
    lines: list[_Line] = [(_LOAD, _ABI, "", ""), (_EQUAL, abi, "", "refuse"), (_LOAD, _NUMBER, "", "")]
    if has_x32:
        lines.append((_AT_LEAST, _X32, "refuse", ""))
    lines += [*rules, (0, 0, "allow", ""), (_RETURN, _ALLOW, "", ""), (0, 0, "refuse", ""), (_RETURN, _REFUSE, "", "")]
    at: dict[str, int] = {}
    code: list[_Line] = []
    for line in lines:
        if line[0]:
            code.append(line)
        else:  # a label
            at[line[2]] = len(code)
    return b"".join(
        struct.pack("=HBBI", operation, *(at[label] - index - 1 if label else 0 for label in (yes, no)), operand)
        for index, (operation, operand, yes, no) in enumerate(code)
    )


def _install_filter(rules: Callable[[str], list[_Line]]) -> bool:
    """Install the seccomp filter on all threads; False where the system has none or does not allow it."""
    machine = platform.machine() if sys.platform == "linux" else ""
    if machine not in _ABIS or sys.maxsize < 2**32:
        return False
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        filters = ctypes.create_string_buffer(_program(machine, rules(machine)))
        program = struct.pack("@HP", (len(filters) - 1) // 8, ctypes.addressof(filters))
        pointer = ctypes.create_string_buffer(program)
        no_new_privileges, all_threads, set_filter = 38, 1, 1
        if libc.prctl(no_new_privileges, *map(ctypes.c_ulong, (1, 0, 0, 0))) != 0:
            return False
        number = ctypes.c_long(_ABIS[machine][2])
        installed: int = libc.syscall(number, ctypes.c_ulong(set_filter), ctypes.c_ulong(all_threads), pointer)
    except (ImportError, OSError, AttributeError):
        return False
    return installed == 0  # `doctor` also tries it; a start must not ask for a socket even once


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: let Python code talk to this machine only (event loops on Windows connect to 127.0.0.1)."""
    if event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}:
        addresses: Iterable[object] = arguments[1:2]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        addresses = ((arguments[0],),)
    else:
        return
    for address in addresses:
        if isinstance(address, tuple) and address and not _is_this_machine(address[0]):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "network")


def _is_this_machine(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name in {None, "localhost", "::1"} or (isinstance(name, str) and name.startswith("127."))
