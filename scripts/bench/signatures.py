"""What signatures and deltas cost: verifying a pack at every start, a delta of a one-page edit, applying it.

    .venv/bin/python scripts/bench/signatures.py verify [MB ...]
    .venv/bin/python scripts/bench/signatures.py delta SOURCE      (a folder of manuals; Markdown or HTML among them)
    .venv/bin/python scripts/bench/signatures.py delta OLD.fpack NEW.fpack

`delta SOURCE` builds the pack twice, with a paragraph added to one page in between. Beside it, where they are installed:
zstd --patch-from and bsdiff on the same files.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import trust
from fieldfare.assistant import open_embedder
from fieldfare.ingest import difference
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack import delta, signing
from fieldfare.pack.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable

EDIT = (
    "\n\nAdded in this revision: tighten the four screws crosswise to 12 N·m, then check the seal and the two hoses.\n"
)


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


LAUNCHER = """
import os, sys, time
began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(status, time.perf_counter() - began, usage.ru_maxrss / 1024)
"""


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and megabytes of peak memory of a command; started by a small process, whose memory it is counted from."""
    done = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, *command], capture_output=True, text=True, check=True)
    status, seconds, memory = done.stdout.split()
    if status != "0":
        raise SystemExit(f"{command} failed")
    return float(seconds), float(memory)


def best_of(check: Callable[[], object]) -> float:
    """Seconds of the fastest of five runs."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        check()
        times.append(time.perf_counter() - began)
    return min(times)


def verify(sizes: list[int], folder: Path) -> None:
    key = signing.new_key()
    loaded = timed([sys.executable, "-c", "import nacl.bindings"])[0] - timed([sys.executable, "-c", ""])[0]
    print(f"load {os.getloadavg()[0]:.2f}; loading libsodium {loaded * 1000:.0f} ms, once a start with a signed pack\n")
    print(f"{'MB':>6} {'signature, s':>13} {'receipt, s':>11}")
    for size in sizes:
        pack = folder / f"pump-{size}.fpack"
        with pack.open("wb") as stream:
            for _ in range(size):
                stream.write(os.urandom(1_000_000))
        claim = signing.Claim(id="pump", version=str(size), sha256=trust.sha256(pack))
        signature = signing.sign(pack, key, claim)
        signed = best_of(functools.partial(signing.verify, pack, signature, key.public))
        received = best_of(functools.partial(trust.sha256, pack))
        print(f"{size:>6} {signed:>13.3f} {received:>11.3f}")
        pack.unlink()


def two_versions(source: Path, folder: Path) -> tuple[Path, Path]:
    copy = folder / "source"
    shutil.copytree(source, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    described = copy / "pack.toml"
    if not described.exists():
        described.write_text('[pack]\nid = "manuals"\nversion = "1.0"\ntitle = "Manuals"\n')
    pages = sorted(file for file in copy.rglob("*.md") if file.stat().st_size > 4000)
    if not pages:
        raise SystemExit(f"{source} holds no Markdown page to edit")
    made = []
    for version in ("1.0", "1.1"):
        text = described.read_text()
        described.write_text(
            "".join(
                f'version = "{version}"\n' if line.startswith("version") else line for line in text.splitlines(True)
            )
        )
        target = folder / f"{version}.fpack"
        began = time.perf_counter()
        build(read_source(copy), target, open_embedder(), quiet, cache=folder / "cache")
        print(
            f"built {version}: {target.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - began:.0f} s", flush=True
        )
        made.append(target)
        page = pages[len(pages) // 2]
        body = page.read_text(encoding="utf-8")
        middle = body.find("\n\n", len(body) // 2)
        page.write_text(body[:middle] + EDIT + body[middle:], encoding="utf-8")
    return made[0], made[1]


def compare(old: Path, new: Path, folder: Path) -> None:
    versions = []
    for file in (old, new):
        archive = Archive(file)
        versions.append(archive.manifest)
        archive.close()
    header = delta.Delta(
        file=new, id=versions[1].id, base=versions[0].version, version=versions[1].version,
        base_sha256=trust.sha256(old), sha256=trust.sha256(new), size=new.stat().st_size, signature=None, payload=0,
    )  # fmt: skip
    target = folder / "x.fdelta"
    began = time.perf_counter()
    difference.make(old, new, target, header, quiet)
    making = time.perf_counter() - began
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    code = (
        "import sys; from pathlib import Path; from fieldfare.pack import delta; "
        "delta.apply(delta.read(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), lambda *_: None)"
    )
    again = folder / "again"
    applying, memory = timed([sys.executable, "-c", code, str(target), str(old), str(again)])
    floor = timed([sys.executable, "-c", "from fieldfare.pack import delta"])[1]
    assert hashlib.sha256(again.read_bytes()).hexdigest() == header.sha256
    whole = new.stat().st_size
    print(f"\n{'':<20} {'kB':>8} {'of pack':>8} {'make, s':>8} {'apply, s':>9} {'apply, MB':>10}")
    size = target.stat().st_size
    print(f"{'fdelta':<20} {size / 1e3:>8.1f} {size / whole:>8.2%} {making:>8.1f} {applying:>9.2f} {memory:>10.0f}  "
          f"({floor:.0f} MB of it the interpreter; peak {made:.0f} MB to make)")  # fmt: skip
    for name, make, use in (
        ("zstd --patch-from", ["zstd", "-qf", "-19", "--long=31", f"--patch-from={old}", str(new), "-o", str(folder / "z")],
         ["zstd", "-qdf", "--long=31", f"--patch-from={old}", str(folder / "z"), "-o", str(again)]),
        ("bsdiff", ["bsdiff", str(old), str(new), str(folder / "b")], ["bspatch", str(old), str(again), str(folder / "b")]),
    ):  # fmt: skip
        if shutil.which(make[0]):
            making = timed(make)[0]
            applying, memory = timed(use)
            size = (folder / name[0]).stat().st_size
            print(f"{name:<20} {size / 1e3:>8.1f} {size / whole:>8.2%} {making:>8.1f} {applying:>9.2f} {memory:>10.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("verify", "delta"))
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.what == "verify":
            verify([int(one) for one in options.arguments] or [3, 30, 300, 1000], folder)
        elif len(options.arguments) == 2:
            compare(Path(options.arguments[0]), Path(options.arguments[1]), folder)
        else:
            compare(*two_versions(Path(options.arguments[0]), folder), folder)


if __name__ == "__main__":
    main()
