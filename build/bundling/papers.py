"""What a security officer asks for: an SBOM of all that is inside, and the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import urllib.parse
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import environment
from bundling import program
from bundling.licences import MODELS
from environment import EPOCH, _pin

if TYPE_CHECKING:
    from pathlib import Path

    from bundling.licences import Part
    from bundling.recipe import Recipe

SUMS = "SHA256SUMS"
SBOM = "sbom.cdx.json"
# What wheels hold without saying so: which library of which package, how it is asked for its version (empty: it cannot be),
# its licence.
_PICTURES = "from PIL import features as f; print(f.version({name!r}))"
_ONEMKL = """
import ctypes, pathlib, re, ctranslate2
for library in pathlib.Path(ctranslate2.__file__).parent.parent.glob("ctranslate2.libs/libctranslate2*"):
    said = ctypes.create_string_buffer(300)
    ctypes.CDLL(str(library)).mkl_serv_get_version_string(said, len(said))
    print(re.search(rb"Version ([0-9.]+)", said.value)[1].decode())
"""
HIDDEN = (
    ("SQLite", "apsw", "import apsw; print(apsw.sqlite_lib_version())", "blessing"),
    ("libsodium", "pynacl", "", "ISC"),
    ("oneMKL", "ctranslate2", _ONEMKL, "Intel Simplified Software License"),
    ("oneDNN", "ctranslate2", "", "Apache-2.0"),
    ("OpenBLAS", "numpy", "import numpy as n; print(n.show_config(mode='dicts')['Build Dependencies']['blas']['version'])", "BSD-3-Clause"),
    ("libjpeg-turbo", "pillow", _PICTURES.format(name="libjpeg_turbo"), "IJG AND BSD-3-Clause"),
    ("zlib", "pillow", _PICTURES.format(name="zlib"), "Zlib"),
    ("libwebp", "pillow", _PICTURES.format(name="webp"), "BSD-3-Clause"),
    ("libtiff", "pillow", _PICTURES.format(name="libtiff"), "libtiff"),
    ("OpenJPEG", "pillow", _PICTURES.format(name="jpg_2000"), "BSD-2-Clause"),
)  # fmt: skip


def write_sbom(recipe: Recipe, parts: list[Part], packs: list[dict[str, Any]], version: str) -> Path:
    """Write what the bundle is made of in CycloneDX 1.5, the same bytes for the same contents; the file."""
    share = program.inside() / "share"
    components = [component(one) for one in parts]
    shipped = {one.name.lower() for one in parts}
    components += [hidden(*one) for one in HIDDEN if one[1] in shipped]
    components += in_wheels(shipped)
    if "llama_cpp_python" in shipped or "llama-cpp-python" in shipped:
        components.append(llama())
    for name in sorted(path.name for path in (share / "models").iterdir()):
        components.append(model(share / "models" / name, recipe))
    for row in packs:
        file = share / "packs" / f"{row['id']}-{row['version']}.fpack"
        components.append(
            {"type": "data", "name": row["id"], "version": row["version"], "description": row["title"],
             "bom-ref": f"pack:{row['id']}@{row['version']}", **hashes(file)}
        )  # fmt: skip
    for folder in sorted((share / "languages").glob("*/package.json")):
        record = json.loads(folder.read_text("utf-8"))
        name = f"{record['source']}-{record['target']}"
        components.append(
            {"type": "machine-learning-model", "name": f"translate {name}", "version": record["version"],
             "bom-ref": f"language:{name}", "hashes": [{"alg": "SHA-256", "content": record["sha256"]}]}
        )  # fmt: skip
    made = datetime.fromtimestamp(int(EPOCH), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {
        "timestamp": made,
        "component": {"type": "application", "name": "fieldfare", "version": version, "bom-ref": "fieldfare",
                      "licenses": [{"license": {"id": "Apache-2.0"}}]},
        "properties": [{"name": "profile", "value": recipe.profile}],
    }  # fmt: skip
    refs = [one["bom-ref"] for one in components]
    body = {
        "metadata": about,
        "components": components,
        "dependencies": [{"ref": "fieldfare", "dependsOn": sorted(refs)}],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    target = program.MADE / SBOM
    target.write_text(json.dumps({**head, **body}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return target


def component(part: Part) -> dict[str, Any]:
    """A part as the SBOM names it."""
    name = re.sub(r"[-_.]+", "-", part.name).lower()
    kind = "framework" if part.kind == "runtime" else "library"
    found: dict[str, Any] = {"type": kind, "name": part.name, "version": part.version,
                             "bom-ref": f"{part.kind}:{name}@{part.version}", "licenses": terms_of(part.licence)}  # fmt: skip
    if part.kind == "python":
        found["purl"] = f"pkg:pypi/{name}@{part.version}"
    elif part.kind == "system" and part.texts:  # by this scanners find what is known of it
        owner = part.texts[0].partition("/")[0]
        found["purl"] = f"pkg:deb/debian/{owner}@{urllib.parse.quote(part.version)}"
        found["description"] = f"of the Debian package {owner}"
    return found


def terms_of(licence: str) -> list[dict[str, Any]]:
    """A licence as CycloneDX wants it: an expression where it is one of SPDX's, else a name."""
    if re.fullmatch(r"[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*", licence):
        return [{"expression": licence}]
    return [{"license": {"name": licence}}]


def hidden(name: str, package: str, code: str, terms: str) -> dict[str, Any]:
    """A library inside a wheel, asked for its version."""
    version = f"as in {package}"
    if code:
        done = subprocess.run([str(program.PYTHON), "-c", code], capture_output=True, text=True, check=True)
        version = done.stdout.strip() or version  # nothing where the wheel of this system lacks it
    return {"type": "library", "name": name, "version": version, "bom-ref": f"inside:{name}@{version}",
            "description": f"inside {package}", "licenses": terms_of(terms)}  # fmt: skip


def in_wheels(shipped: set[str]) -> list[dict[str, Any]]:
    """What the SBOMs that wheels themselves carry list: crates, libraries of the system that they were made on."""
    found: dict[str, dict[str, Any]] = {}
    site = program.HOME / "lib" if not environment.WINDOWS else program.HOME / "Lib"
    for file in sorted(site.rglob("*.dist-info/sboms/*.json")):
        owner = file.parent.parent.name.split("-")[0].lower()
        if owner not in shipped and owner.replace("_", "-") not in shipped:
            continue
        if owner == "pillow" and not file.name.startswith("auditwheel"):
            continue  # that lists all that Pillow could be built with; what it was built with stands above
        for one in json.loads(file.read_text("utf-8")).get("components", ()):
            if one["name"].lower() not in shipped and one.get("version"):
                ref = f"inside:{owner}:{one['name']}@{one['version']}"
                kept = {key: one[key] for key in ("type", "name", "version", "purl", "licenses") if key in one}
                found[ref] = {**kept, "bom-ref": ref, "description": f"inside {owner}"}
    return [found[ref] for ref in sorted(found)]


def llama() -> dict[str, Any]:
    """llama.cpp, which the source of its binding holds: it has no number of its own there but that of the binding."""
    binding = re.match(r"llama-cpp-python==([\d.]+)", _pin("llama-cpp-python"))
    source = re.search(r"sha256:([0-9a-f]{64})", _pin("llama-cpp-python"))
    version = binding[1] if binding else "unknown"
    return {"type": "library", "name": "llama.cpp", "version": f"as in llama-cpp-python {version}",
            "bom-ref": f"inside:llama.cpp@{version}", "description": "compiled from the source of llama-cpp-python",
            "hashes": [{"alg": "SHA-256", "content": source[1] if source else ""}],
            "licenses": [{"license": {"id": "MIT"}}]}  # fmt: skip


def model(path: Path, recipe: Recipe) -> dict[str, Any]:
    """A model by its file, or by its largest one."""
    name, terms = MODELS.get(path.name, (path.name, "as its author says"))
    if path.name == "language-model.gguf" and recipe.model:
        name, terms = recipe.model.file.stem, "as its author says"
    file = path if path.is_file() else max(path.rglob("*"), key=lambda one: one.stat().st_size)
    return {"type": "machine-learning-model", "name": name, "bom-ref": f"model:{path.name}", "licenses": terms_of(terms),
            "description": f"_internal/share/models/{file.relative_to(path.parent).as_posix()}", **hashes(file)}  # fmt: skip


def hashes(file: Path) -> dict[str, Any]:
    """The digest of a file as the SBOM writes it."""
    return {"hashes": [{"alg": "SHA-256", "content": digest(file)}]}


def digest(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_sums(folder: Path) -> str:
    """Write the SHA-256 of every file of a folder as `sha256sum -c` reads it; the digest of that list."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.name != SUMS)
    text = "".join(f"{digest(file)}  {file.relative_to(folder).as_posix()}\n" for file in files)
    (folder / SUMS).write_text(text, "utf-8")
    return hashlib.sha256(text.encode()).hexdigest()
