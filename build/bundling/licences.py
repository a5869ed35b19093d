"""Who made what is shipped, and under which terms: the texts as files, a NOTICE, and the same as data for the program."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path

from bundling import program
from bundling.program import HOME, WORK
from bundling.share import copy
from environment import ROOT

TEXTS = ROOT / "build" / "licences"  # licences that distributions forgot to hold, in a folder named as each
# What is in the models folder, by the name that it has there.
MODELS = {
    "language-model.gguf": ("SmolLM2-135M-Instruct", "Apache-2.0"),
    "embedder": ("all-MiniLM-L6-v2", "Apache-2.0"),
    "reader": ("Fieldfare reader", "Apache-2.0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that others made: a package, a library of the system, Python; `texts` are files below the licences folder."""

    name: str
    version: str
    licence: str
    kind: str
    texts: tuple[str, ...] = ()


def collect(folder: Path) -> list[Part]:
    """Copy the licences of all that is shipped into a folder and write NOTICE and licences.json; the parts by name."""
    shutil.rmtree(folder, ignore_errors=True)
    shipped, system = origins()
    parts = [package(found, folder) for found in shipped]
    parts.append(python(folder))
    parts += [of_system(file, folder) for file in sorted(system)]
    for file in ROOT.glob("LICENSE*"):
        copy(file, folder / file.name)
    parts.sort(key=lambda one: (one.name.lower(), one.version))
    wide, narrow = max(len(one.name) for one in parts), max(len(one.version) for one in parts)
    table = "\n".join(f"{one.name:<{wide}}  {one.version:<{narrow}}  {one.licence}" for one in parts)
    models = [f"{name} (share/models/{file}): {terms}" for file, (name, terms) in MODELS.items()
              if (program.inside() / "share" / "models" / file).exists()]  # fmt: skip
    (folder / "NOTICE").write_text(
        "Fieldfare, Apache-2.0. This folder also holds the following, each under its own licence; the texts lie in the\n"
        f"folders beside this file.\n\n{table}\n\n{chr(10).join(models)}\n\n"
        "The executable is PyInstaller's, whose licence (GPL-2.0 or later) lets programs made with it have any licence.\n"
        "textual-image lies as source files in _internal/textual_image and may be replaced there, as the LGPL wants.\n",
        "utf-8",
    )
    (folder / "licences.json").write_text(
        json.dumps([asdict(one) for one in parts], indent=1, ensure_ascii=False), "utf-8"
    )
    return parts


def origins() -> tuple[list[importlib.metadata.Distribution], set[str]]:
    """The distributions that files of the bundle come from, and the libraries that are the system's."""
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(HOME), "platbase": str(HOME)}))
    owners = {}
    for found in importlib.metadata.distributions(path=[str(site)]):
        for file in found.files or ():
            owners[os.path.realpath(found.locate_file(file))] = found
    shipped, system = {}, set()
    for name, source, kind in json.loads((WORK / "fieldfare" / "origins.json").read_text("utf-8")):
        owner = owners.get(os.path.realpath(source)) if source else None
        if owner:
            shipped[owner.name] = owner
        elif kind == "BINARY" and Path(name).name == name and not name.lower().startswith(("libpython", "python")):
            system.add(source)
    return list(shipped.values()), system


def package(found: importlib.metadata.Distribution, folder: Path) -> Part:
    """A distribution of Python; its licence is what it calls it."""
    texts = [(Path(str(found.locate_file(file))), licence_path(file)) for file in found.files or () if is_licence(file)]
    ours = TEXTS / found.name
    texts += [(file, Path(file.name)) for file in ours.iterdir()] if ours.is_dir() else []
    for source, name in texts:
        copy(source, folder / found.name / name)
    data = found.metadata
    classified = [
        one.rpartition(" :: ")[2] for one in data.get_all("Classifier") or () if one.startswith("License :: ")
    ]
    terms = data["License-Expression"] or data["License"] or "; ".join(classified) or "not named"
    files = tuple(sorted(f"{found.name}/{name.as_posix()}" for _, name in texts))
    return Part(name=found.name, version=found.version, licence=terms.splitlines()[0], kind="python", texts=files)


def is_licence(file: Path) -> bool:
    """Whether a file of a distribution is the text of a licence."""
    return (
        ".dist-info" in file.parts[0] and re.match(r"(licen[cs]e|copying|notice|authors)", file.name, re.I) is not None
    )


def licence_path(file: Path) -> Path:
    """Where a licence goes in the folder of its package."""
    parts = file.parts[1:]
    return Path(*(parts[1:] if parts[0] == "licenses" else parts))


def python(folder: Path) -> Part:
    """Python itself: its licence lies beside the standard library, or where the system keeps it."""
    library = Path(sysconfig.get_path("stdlib"))
    text = next((one for one in (library / "LICENSE.txt", library / "LICENSE") if one.exists()), None)
    if text is None:
        return of_system(str(library / "os.py"), folder)
    copy(text, folder / "python" / text.name)
    return Part(
        name="Python", version=sys.version.split()[0], licence="PSF-2.0", kind="runtime", texts=(f"python/{text.name}",)
    )


def of_system(file: str, folder: Path) -> Part:
    """A library of the system that the bundle was made on; Debian and its kin know its package and keep its licence."""
    tried = [file, os.path.realpath(file), os.path.realpath(file).removeprefix("/usr")]
    for path in tried if shutil.which("dpkg-query") else ():
        done = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
        owner = done.stdout.partition(":")[0]
        text = Path("/usr/share/doc") / owner / "copyright"
        if owner and text.exists():
            copy(text, folder / owner / "copyright")
            asked = ["dpkg-query", "-W", "-f", "${Version}", owner]
            version = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split("\n")[0]
            return Part(name=Path(file).name, version=version, licence=f"see {owner}/copyright", kind="system",
                        texts=(f"{owner}/copyright",))  # fmt: skip
    return Part(name=Path(file).name, version="", licence="of the system that made this bundle", kind="system")
