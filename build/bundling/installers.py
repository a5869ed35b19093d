"""The installers of this platform: a .deb and a self-contained .tar.gz for Linux, the same bytes for the same contents.

Windows and macOS make theirs with the recipes in build/windows and build/macos, on those systems.
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import environment
from bundling import contents, papers, program
from bundling.share import copy
from environment import EPOCH, ROOT

if TYPE_CHECKING:
    from bundling.recipe import Recipe

SIZES = (48, 128, 256)  # pixels of the icon
MEMORY = {"search-only": 700, "small": 900, "full": 900}  # MB that a machine must have for the profile
# What the slowest processor must know, and since when processors do; SSE 4.2 is for NumPy and CTranslate2.
FLAGS = {"all": ("sse4_2", "2009"), "avx2": ("avx2", "2015")}
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def prepare(recipe: Recipe, folder: Path) -> None:
    """Put what the system shows of the program (menu, icon, manual, completion) and install.sh into the bundle's folder."""
    if sys.platform != "linux":
        return
    system = folder / "system"
    system.mkdir()
    command = [str(environment.PYTHON), str(ROOT / "build" / "bundling" / "commands.py"), str(system)]
    environment._tool(command, "", usual=1, extra={"PYTHONPATH": str(ROOT / "app"), "COLUMNS": "200", "LANGUAGE": "en"})
    copy(program.icon(recipe), system / "fieldfare.svg")
    for size in SIZES:
        program.draw(program.icon(recipe), system / f"fieldfare-{size}.png", size)
    for name in ("fieldfare-update.service", "fieldfare-update.timer", "update.conf"):
        copy(program.SOURCES / name, system / name)
    entry = (program.SOURCES / "fieldfare.desktop").read_text("utf-8").replace("@NAME@", recipe.name)
    (system / "fieldfare.desktop").write_text(entry, "utf-8")
    script = folder / "install.sh"
    script.write_text(filled((program.SOURCES / "install.sh").read_text("utf-8"), recipe, folder), "utf-8")
    script.chmod(0o755)


def filled(text: str, recipe: Recipe, folder: Path) -> str:
    """A script with what this bundle asks of a machine."""
    flag, year = FLAGS["all" if recipe.profile == "search-only" else recipe.processors]
    values = {
        "GLIBC": contents.glibc(folder), "KILOBYTES": str(kilobytes(folder) + 50_000), "MEMORY": str(MEMORY[recipe.profile] * 1000),
        "MACHINE": platform.machine(), "FLAG": flag, "YEAR": year,
    }  # fmt: skip
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def kilobytes(folder: Path) -> int:
    """What a folder takes on a disk."""
    return sum(file.stat().st_size // 1024 + 4 for file in contents.files(folder))


def make(
    recipe: Recipe,
    folder: Path,
    target: Path,
    version: str,
    *,
    key: Path | None = None,
    password: Path | None = None,
    packed: bool = True,
) -> list[Path]:
    """Make the installers from the finished folder, and their signatures where a key is given; the files.

    Not `packed` they are large, and made in seconds: for trying.
    """
    if sys.platform != "linux":
        command = (
            f'iscc /DVersion={version} /DLabel={recipe.label} "/DName={recipe.name}" build\\windows\\fieldfare.iss'
            if environment.WINDOWS
            else f"build/macos/package.sh {version} {recipe.label}"
        )
        environment._say(f"The installer of this system is made next, in {ROOT}:\n  {command}")
        return []
    made = [archive(recipe, folder, target, version, packed=packed)]
    if shutil.which("dpkg-deb"):
        made.append(package(recipe, folder, target, version, packed=packed))
    else:
        environment._say("No .deb is made: there is no dpkg-deb here (Debian: apt install dpkg).")
    return [*made, *(sign(file, version, key, password) for file in made if key)]


def archive(recipe: Recipe, folder: Path, target: Path, version: str, *, packed: bool = True) -> Path:
    """The folder as .tar.gz: no times, owners or order of this machine in it."""
    name = f"fieldfare-{version}-{recipe.label}-linux-{platform.machine()}"
    file = target / f"{name}.tar.gz"
    with (
        file.with_suffix(".new").open("wb") as raw,
        gzip.GzipFile("", "wb", 6 if packed else 0, raw, mtime=int(EPOCH)) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.add(folder, name, recursive=False, filter=anonymous)
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{name}/{path.relative_to(folder).as_posix()}", recursive=False, filter=anonymous)
    return file.with_suffix(".new").replace(file)


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """An entry without the times, owners and rights of this machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = int(EPOCH)
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def package(recipe: Recipe, folder: Path, target: Path, version: str, *, packed: bool = True) -> Path:
    """The folder as .deb, by dpkg-deb."""
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    file = target / f"fieldfare_{version}_{recipe.label}_{architecture}.deb"
    with tempfile.TemporaryDirectory(prefix="deb-", dir=program.HOME) as scratch:
        root = Path(scratch)
        root.chmod(0o755)
        lay_out(folder, root)
        control(recipe, folder, root, version, architecture)
        for path in (root, *root.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        # dpkg-deb itself sets the time of what is newer than SOURCE_DATE_EPOCH back to it. Who has the C library that the
        # program needs has a dpkg that reads zstd: 183 MB for small where xz made 185, in less than half the time.
        packing = ("-Zzstd", "-z12") if packed else ("-Znone",)
        command = ["dpkg-deb", "--root-owner-group", *packing, "--build", scratch, str(file)]
        environment._tool(command, f"Packing {file.name}", usual=60, extra={"SOURCE_DATE_EPOCH": EPOCH})
    return file


def lay_out(folder: Path, root: Path) -> None:
    """Put every file where Debian wants it."""
    home, share, system = root / "usr/lib/fieldfare", root / "usr/share", folder / "system"
    shutil.copytree(folder, home, symlinks=True, ignore=shutil.ignore_patterns("install.sh", "system"))
    papers.write_sums(home)
    places = {
        "fieldfare.desktop": "usr/share/applications/fieldfare.desktop",
        "completion.bash": "usr/share/bash-completion/completions/fieldfare",
        "_fieldfare": "usr/share/zsh/vendor-completions/_fieldfare",
        "fieldfare.fish": "usr/share/fish/vendor_completions.d/fieldfare.fish",
        "fieldfare.svg": "usr/share/icons/hicolor/scalable/apps/fieldfare.svg",
        **{f"fieldfare-{size}.png": f"usr/share/icons/hicolor/{size}x{size}/apps/fieldfare.png" for size in SIZES},
        "fieldfare-update.service": "lib/systemd/system/fieldfare-update.service",
        "fieldfare-update.timer": "lib/systemd/system/fieldfare-update.timer",
        "update.conf": "usr/share/doc/fieldfare/examples/update.conf",
    }
    for name, place in places.items():
        copy(system / name, root / place)
    manual = share / "man/man1/fieldfare.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(gzip.compress((system / "fieldfare.1").read_bytes(), 9, mtime=0))
    copy(folder / "_internal/licences/NOTICE", share / "doc/fieldfare/copyright")
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/fieldfare").symlink_to("../lib/fieldfare/fieldfare")


def control(recipe: Recipe, folder: Path, root: Path, version: str, architecture: str) -> None:
    """What dpkg reads: the fields, the check before, the end of the timer."""
    support = recipe.support if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", recipe.support) else "fieldfare@localhost"
    fields = {
        "Package": "fieldfare",
        "Version": version,
        "Architecture": architecture,
        "Maintainer": f"{recipe.name} <{support}>",
        "Installed-Size": str(kilobytes(folder)),
        "Depends": f"libc6 (>= {contents.glibc(folder)})",
        "Section": "misc",
        "Priority": "optional",
        "Description": "answers from the manuals of your machine, without any network\n"
        f" Offline assistant for field technicians; profile {recipe.profile}.",
    }
    place = root / "DEBIAN"
    place.mkdir()
    (place / "control").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), "utf-8")
    check = filled((program.SOURCES / "install.sh").read_text("utf-8"), recipe, folder)
    functions = check[check.index("say()") : check.index("check_space()")]
    numbers = "\n".join(re.findall(r"^needed_\w+=.*$", check, re.MULTILINE))
    scripts = {
        "preinst": f"#!/bin/sh\n# The exit codes are those of install.sh (docs/it.md).\nset -eu\n{numbers}\n{functions}"
                   'case $1 in install | upgrade) check_machine ;; esac\n',
        "prerm": "#!/bin/sh\nset -e\nif [ \"$1\" = remove ] && [ -d /run/systemd/system ]; then\n"
                 "    systemctl disable --now fieldfare-update.timer >/dev/null 2>&1 || true\nfi\n",
        "postrm": "#!/bin/sh\nset -e\n# Packs and decisions of IT go with `apt purge` only; what users have in their homes is never touched.\n"
                  'if [ "$1" = purge ]; then rm -rf /var/lib/fieldfare /var/log/fieldfare /etc/fieldfare; fi\n',
    }  # fmt: skip
    for name, text in scripts.items():
        (place / name).write_text(text, "utf-8")
        (place / name).chmod(0o755)


def sign(file: Path, version: str, key: Path, password: Path | None) -> Path:
    """Sign an installer in minisign's format; the signature's file."""
    code = (
        "import sys; from pathlib import Path; from fieldfare.pack import signing; from fieldfare import trust\n"
        "file, key, password, version = sys.argv[1:]\n"
        "ask = (lambda: Path(password).read_text('utf-8').splitlines()[0]) if password else (lambda: '')\n"
        "secret = signing.read_secret_key(Path(key).read_bytes(), Path(key).name, ask)\n"
        "claim = signing.Claim(id='fieldfare-installer', version=version, sha256=trust.sha256(Path(file)))\n"
        "Path(file + signing.SUFFIX).write_text(str(signing.sign(Path(file), secret, claim)), 'utf-8')"
    )
    command = [str(environment.PYTHON), "-c", code, str(file), str(key), str(password or ""), version]
    settings = environment.clean_environment() | {"PYTHONPATH": os.fspath(ROOT / "app"), "LANGUAGE": "en"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
    if done.returncode:
        raise environment.SetupError(f"{file.name} could not be signed: {done.stderr.strip().splitlines()[-1]}")
    return file.with_name(f"{file.name}.minisig")
