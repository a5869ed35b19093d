"""Looks for what shipped code could talk to: every address in it, and every library that can open a connection, must be known.

What stands in docstrings and comments of Python is not looked at: nobody calls it. Compiled libraries are read whole.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from pathlib import Path

from bundling import program
from bundling.program import WORK
from environment import ROOT

ALLOWED = ROOT / "build" / "allowed-hosts.txt"
_ADDRESS = re.compile(rb"(?:https?|wss?|ftp)://([A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])")
_CALLS = re.compile(rb"\0(?:connect|getaddrinfo|gethostbyname|WSAConnect)\0")
# Ends the archive of modules and says how long it is (PyInstaller's archive/writers.py).
_COOKIE, _COOKIE_SIZE = b"MEI\x0c\x0b\x0a\x0b\x0e", 88
_LIBRARIES = (".so", ".dylib", ".dll", ".pyd", ".exe")


def unknown() -> dict[str, list[str]]:
    """The hosts that shipped code names and the libraries that can connect, unless they are allowed, with the files."""
    allowed = allowed_names(ALLOWED.read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for name, file in compiled():
        data = file.read_bytes()
        if file == program.executable(program.MADE):
            data = bootloader(data)
        hosts = {match[1].decode("ascii").lower() for match in _ADDRESS.finditer(data)}
        if _CALLS.search(data):
            hosts.add(re.sub(r"\.cpython-\d+-[\w-]+|[-.][0-9a-f]{8}\b|\.abi3", "", Path(name).name))
        for host in hosts - allowed:
            found.setdefault(host, set()).add(name)
    for name, file in modules():
        for host in hosts_in_code(file.read_bytes()) - allowed:
            found.setdefault(host, set()).add(name)
    return {host: sorted(files) for host, files in sorted(found.items())}


def bootloader(data: bytes) -> bytes:
    """The executable without the archive of modules behind it: those are read as sources, see `modules`."""
    cookie = data.rfind(_COOKIE)
    if cookie < 0:
        return data
    size = int.from_bytes(data[cookie + len(_COOKIE) :][:4], "big")
    return data[: cookie + _COOKIE_SIZE - size]


def allowed_names(text: str) -> set[str]:
    """The first word of each line that is no comment: hosts, and libraries that may connect."""
    return {line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("#")}


def hosts_in_code(source: bytes) -> set[str]:
    """The hosts in the texts of a module that are values, not documentation."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {match[1].decode("ascii").lower() for match in _ADDRESS.finditer(source)}
    idle = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    hosts: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in idle:
            data = node.value.encode("utf-8", "surrogatepass") if isinstance(node.value, str) else node.value
            hosts |= {match[1].decode("ascii").lower() for match in _ADDRESS.finditer(data)}
    return hosts


def compiled() -> list[tuple[str, Path]]:
    """The program and the libraries of the bundle."""
    found = []
    for path in sorted(program.MADE.rglob("*")):
        is_library = path.suffix in _LIBRARIES or ".so." in path.name or path == program.executable(program.MADE)
        if is_library and path.is_file() and not path.is_symlink():
            found.append((path.relative_to(program.MADE).as_posix(), path))
    return found


def modules() -> list[tuple[str, Path]]:
    """The Python modules of the bundle, by the files that they were made from; those of Python itself are not listed."""
    rows = json.loads((WORK / "fieldfare" / "origins.json").read_text("utf-8"))
    standard = sys.stdlib_module_names
    return [(name, Path(source)) for name, source, kind in rows
            if source and source.endswith(".py") and kind in {"PYMODULE", "DATA"} and name.split(".")[0] not in standard]  # fmt: skip
