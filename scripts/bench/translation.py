"""The engine beside Argos Translate itself, on the same package and the same sentences: what comes out, and how soon.

    python scripts/bench/translation.py [PACKAGE.argosmodel …] [--argos PYTHON] [--text FILE] [--sentences N] [--runs N]

PYTHON is an interpreter of an environment that has argostranslate and sacremoses, installed with --no-deps. Both engines
get the sentences from Fieldfare's own splitter. Argos imports stanza, hence torch, whether a package uses it or not; where
they are not in that environment, its times are without them. Without a package one is made that has the size of those that are published. Every figure is
of a process of its own. Without --text a page is made of sentences that the made package knows.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEVERAL = 10  # sentences whose four best hypotheses are compared too
PAGE = """Check the oil before page {0}. Open the cover and the valve. Tighten the nut to {0} Nm, and tighten the bolt to {0}.5 Nm.
Do not open the hot pump. See page {0}: the fault E-{0} is left to the right, without oil and no water.
Close the valve with a nut. Check the bolt and the nut, the cover and the pump, the oil and the water."""


def ours(sentences: list[str], threads: int) -> dict:
    """As the program translates a page."""
    began = time.perf_counter()
    from fieldfare.translation import packages
    from fieldfare.translation.engine import Engine

    known = packages.installed()[0]
    engine = Engine(known, threads=threads)
    said, first, begun = [], 0.0, 0.0
    for hypotheses in engine.translate(sentences, *known[0].pair):
        said.append(hypotheses[0].text)
        first = first or time.perf_counter() - began
        begun = begun or time.process_time()
    cold = time.perf_counter() - began
    again, used = time.perf_counter(), time.process_time()
    list(engine.translate(sentences, *known[0].pair))
    warm, used = time.perf_counter() - again, time.process_time() - used
    several = [[one.text for one in many] for many in engine.translate(sentences[:SEVERAL], *known[0].pair, count=4)]
    return {"said": said, "several": several, "first": first, "cold": cold, "warm": warm, "begun": begun, "used": used}


def argos(sentences: list[str], threads: int) -> dict:
    """As an application calls Argos: the page at once, and sentence by sentence for what it says of each."""
    began = time.perf_counter()
    import types

    class Given:
        """In the place of both splitters: the page comes one sentence a line, and Argos cuts at lines first."""

        def __init__(self, *_: object, **__: object) -> None:
            pass

        def sentences(self, text: str) -> list[str]:
            return [text] if text else []

        list_models = staticmethod(lambda: ["en", "de", "es", "fr", "it", "pt"])

    sys.modules["minisbd"] = types.ModuleType("minisbd")
    sys.modules["minisbd"].__dict__.update({"SBDetect": Given, "models": Given})
    if not importlib.util.find_spec("stanza"):  # Argos imports it, whether it is used or not
        sys.modules["stanza"] = types.ModuleType("stanza")
    os.environ["ARGOS_INTRA_THREADS"] = str(threads)
    from argostranslate import package as packages
    from argostranslate import translate

    code = packages.get_installed_packages()[0]
    translation = translate.get_translation_from_codes(code.from_code, code.to_code)
    # An application that wants the first sentence early has to cut the page itself and ask for that sentence alone.
    translation.underlying.hypotheses(sentences[0], 1)
    first, begun = time.perf_counter() - began, time.process_time()
    translation.underlying.hypotheses("\n".join(sentences[1:]), 1)
    cold = time.perf_counter() - began
    again, used = time.perf_counter(), time.process_time()
    translation.underlying.hypotheses("\n".join(sentences), 1)
    warm, used = time.perf_counter() - again, time.process_time() - used
    said = [translation.underlying.hypotheses(one, 1)[0].value for one in sentences]
    several = [[each.value for each in translation.underlying.hypotheses(one, 4)] for one in sentences[:SEVERAL]]
    return {"said": said, "several": several, "first": first, "cold": cold, "warm": warm, "begun": begun, "used": used}


def child(which: str, file: str, threads: int) -> None:
    sentences = json.loads(Path(file).read_text("utf-8"))
    made = (ours if which == "ours" else argos)(sentences, threads)
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    made["memory"] = int(held[1]) / 1024 if held else 0.0
    print(json.dumps(made))


def run(which: str, python: str, file: Path, home: Path, threads: int) -> dict:
    """A process of its own, from its start to its end."""
    environment = {**os.environ, "HOME": str(home), "FIELDFARE_HOME": str(home / "fieldfare"), "ARGOS_PACKAGES_DIR": str(home / "argos"),
                   "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home),
                   "PYTHONPATH": str(ROOT / "app") if which == "ours" else ""}  # fmt: skip
    command = [python, __file__, "--child", which, str(file), str(threads)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{which}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def install(package: Path, home: Path) -> None:
    import zipfile

    environment = {**os.environ, "FIELDFARE_HOME": str(home / "fieldfare"), "PYTHONPATH": str(ROOT / "app")}
    command = "import sys,pathlib; from fieldfare.translation import installation as i; i.install(pathlib.Path(sys.argv[1]), unverified=True)"
    subprocess.run([sys.executable, "-c", command, str(package)], env=environment, check=True)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(home / "argos")


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("packages", type=Path, nargs="*")
    parser.add_argument("--argos", default="", metavar="PYTHON")
    parser.add_argument("--text", type=Path, help="a text in the language of the packages")
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]
    from fieldfare.text import sentences

    text = (
        options.text.read_text("utf-8")
        if options.text
        else "\n".join(PAGE.format(n) for n in range(10, 10 + options.sentences))
    )
    page = [" ".join(text[a:b].split()) for a, b in sentences(text)]
    page = [one for one in page if any(map(str.isalpha, one))][: options.sentences]
    with tempfile.TemporaryDirectory() as scratch:
        if not options.packages:
            from languages import write_package

            made = Path(scratch) / "made.argosmodel"
            options.packages = [write_package(made, layers=6, width=512, vocabulary=32000, heads=8)]
        file = Path(scratch) / "page.json"
        file.write_text(json.dumps(page), "utf-8")
        print(
            f"{len(page)} sentences, {sum(map(len, page))} characters, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {options.runs}"
        )
        for number, package in enumerate(options.packages):
            home = Path(scratch) / str(number)
            install(package, home)
            compare(package, file, home, page, options)


def compare(package: Path, file: Path, home: Path, page: list[str], options: argparse.Namespace) -> None:
    engines = {"ours": sys.executable, **({"argos": options.argos} if options.argos else {})}
    runs: dict[str, list[dict]] = {name: [] for name in engines}
    for _ in range(options.runs):  # in turns, so that what else the machine does meets both
        for name, python in engines.items():
            runs[name].append(run(name, python, file, home, options.threads))
    print(f"\n{package.name} ({package.stat().st_size / 1e6:.1f} MB)")
    print(f"{'':6} {'first s':>8} {'page s':>8} {'again s':>8} {'first CPU s':>12} {'page CPU s':>11} {'MB':>6}")
    median = {
        name: {
            key: statistics.median(one[key] for one in many)
            for key in ("first", "cold", "warm", "begun", "used", "memory")
        }
        for name, many in runs.items()
    }
    for name, one in median.items():
        print(
            f"{name:6} {one['first']:8.2f} {one['cold']:8.2f} {one['warm']:8.2f} {one['begun']:12.2f} {one['used']:11.2f} {one['memory']:6.0f}"
        )
    if options.argos:
        mine, theirs = median["ours"], median["argos"]
        print(
            f"argos takes {theirs['warm'] / mine['warm']:.1f} times as long for the page; from a cold start "
            f"{theirs['first'] / mine['first']:.1f} times until a sentence stands that is asked for alone, and "
            f"{theirs['cold'] / mine['first']:.1f} times until the first of the page does, for it gives the page whole"
        )
        said, other = runs["ours"][0]["said"], [one.strip() for one in runs["argos"][0]["said"]]
        # With sentencepiece Argos makes a space of every underscore, on purpose or not.
        pairs = zip(runs["ours"][0]["several"], runs["argos"][0]["several"], strict=True)
        many = sum([each.replace("_", " ") for each in one] == [each.strip() for each in two] for one, two in pairs)
        said = [
            one.replace("_", " ") if two == one.replace("_", " ") else one for one, two in zip(said, other, strict=True)
        ]
        same = sum(a == b for a, b in zip(said, other, strict=True))
        print(
            f"the same in {same} of {len(page)} sentences, but for underscores; all of four hypotheses in {many} of {min(SEVERAL, len(page))}"
        )
        for source, one, two in [three for three in zip(page, said, other, strict=True) if three[1] != three[2]][:8]:
            print(f"  {source}\n    ours  {one}\n    argos {two}")


if __name__ == "__main__":
    main()
