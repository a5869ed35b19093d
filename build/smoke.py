"""Tries the frozen program as a technician's machine meets it: no home, no network, no Python.

    build/smoke.py DIST [--question ID ...]

DIST is the folder that scripts/bundle made. Every check runs the executable with a fresh, empty home in an empty network
namespace (where this system allows one) and under strace (where there is one): a bundle that asks for an internet socket
fails. The answers are compared with the gold file of the demo pack. One line a check: time, peak memory of the program,
outcome; time is that under strace, which slows the start. The exit code is 0 only if every check passed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cage import Cage, Run, Screen, SmokeError
from processors import MEANT, emulated

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "packs" / "halden-gs40" / "questions.jsonl"
SET_UP = ROOT / ".venv" / "share" / "fieldfare"
DEMO = "halden-gs40-1.0.0.fpack"
CODE, RUNNING_TEXT, UNKNOWN, FIGURE = "gs40-089", "gs40-003", "gs40-117", "gs40-068"
ENGINES = ("program", "network", "embedder", "model", "pack")  # what must be sound, as doctor calls it
LISTING = {"pack": ("pack", "list"), "key": ("pack", "trust", "list"), "language": ("lang", "list")}
WATCHED = 15.0  # seconds that the screen stays open at least: libraries that call home like to wait a little
OWN = re.compile(
    r"(\.local(/share(/fieldfare(/.*)?)?)?|\.(config|cache)(/fieldfare(/.*)?)?)"
)  # what the program may write
PICTURE = b"\x1bP"  # begins a picture in sixels


# --- checks: each returns its run and what it saw, or raises SmokeError -------------------------------------------------


def version(cage: Cage) -> tuple[Run, str]:
    """The executable starts at all."""
    run = _succeeded(cage.run("--version"))
    if not re.fullmatch(r"fieldfare \d+\.\d+\S*\n", run.output):
        raise SmokeError(f"it said {run.output!r}")
    return run, run.output.strip()


def doctor(cage: Cage) -> tuple[Run, str]:
    """Engines, models and packs are found inside the bundle, and the kernel refuses the network.

    `doctor` asks for one internet socket on purpose, to see it refused; its other findings are about the machine.
    """
    run = cage.run("doctor", "--json")
    findings = json.loads(run.output or "[]")
    for check in ENGINES:
        found = [one for one in findings if one["check"] == check]
        if not found or not all(one["ok"] for one in found):
            raise SmokeError(f"{check}: {found or run.talk[-600:]}")
    if "(bundle)" not in findings[0]["finding"]:
        raise SmokeError(f"it does not know that it is frozen: {findings[0]['finding']}")
    if cage.traced and (len(run.internet) != 1 or "EACCES" not in run.internet[0]):
        raise SmokeError(f"expected one socket, refused; saw {run.internet}")
    return run._replace(internet=()), findings[0]["finding"]


def search(cage: Cage) -> tuple[Run, str]:
    """Words and vectors find the page, without a language model; a code would not need the vectors."""
    gold = _gold(RUNNING_TEXT)
    run = _succeeded(cage.run("search", "--json", gold["text"]))
    pages = [one["page"] for one in json.loads(run.output)["evidence"]]
    if str(gold["page"]) not in pages[:3]:
        raise SmokeError(f"page {gold['page']} should be among the first three; got {pages}")
    lanes = {lane for one in json.loads(run.output)["evidence"] for lane in one["matched_by"]}
    if not {"words", "meaning"} <= lanes:
        raise SmokeError(f"the pages were found by {sorted(lanes)} only")
    return run, f"“{gold['text']}”: page {pages[0]} first, found by {', '.join(sorted(lanes))}"


def contents(cage: Cage) -> tuple[Run, str]:
    """What lies beside the program is what the program has: every pack, key and language package, and what IT decided."""
    share = shipped(cage.program)
    languages = [json.loads(file.read_text("utf-8")) for file in share.glob("languages/*/package.json")]
    lying = {
        "pack": {file.name.removesuffix(".fpack") for file in share.glob("packs/*.fpack")},
        "key": {file.stem for file in share.glob("keys/*.pub")},
        "language": {f"{one['source']}-{one['target']}" for one in languages},
    }
    rows = {name: json.loads(_succeeded(cage.run(*LISTING[name], "--json")).output) for name in lying}
    used = {
        "pack": {f"{one['id']}-{one['version']}" for one in rows["pack"]},
        "key": {one["name"] for one in rows["key"]},
        "language": {f"{one['from']}-{one['to']}" for one in rows["language"]},
    }
    if unlike := [f"{name}: {lying[name]}, it has {used[name]}" for name in lying if lying[name] != used[name]]:
        raise SmokeError("; ".join(unlike))
    run = cage.run("doctor", "--json")
    findings = json.loads(run.output)
    if bad := [one for one in findings if one["check"] in ENGINES and not one["ok"]]:
        raise SmokeError(f"{bad}")
    decided = decisions(share)
    said = " ".join(one["finding"] for one in findings)
    if unsaid := [text for text in decided.get("branding", {}).values() if text not in said]:
        raise SmokeError(f"doctor does not name {unsaid}")
    settings = {**decided.get("settings", {}), **decided.get("locked", {})}
    seen = [*(f"{name} {', '.join(sorted(found))}" for name, found in used.items() if found)]
    return run._replace(internet=()), "; ".join([*seen, *(f"{key} = {value}" for key, value in settings.items())])


def job(cage: Cage) -> tuple[Run, str]:
    """A job is written down, and its report becomes a PDF with the letters that it needs."""
    _succeeded(cage.run("job", "note", "Dichtung verschlissen, 5 µm, Привет"))
    target = cage.folder / "report.pdf"
    run = _succeeded(cage.run("job", "export", "--to", str(target)))
    document = target.read_bytes()
    if not document.startswith(b"%PDF-") or b"DejaVuSansCondensed" not in document:
        raise SmokeError(f"no PDF with its fonts: {document[:40]!r}")
    return run, f"report of {len(document) // 1000} kB"


def ask(cage: Cage, id_: str, *options: str) -> tuple[Run, str]:
    """The answer holds the words of the gold quote and names the gold page."""
    gold = _gold(id_)
    run = cage.run("ask", "--json", *options, gold["text"])
    if not gold["answerable"]:
        verdict = json.loads(run.output or "{}").get("verdict")
        if (run.code, verdict) != (10, "refused"):
            raise SmokeError(
                f"“{gold['text']}” should be refused; got {verdict}, exit code {run.code}: {run.talk[-600:]}"
            )
        return run, f"“{gold['text']}”: refused, as it should be"
    answer = json.loads(_succeeded(run).output)
    wanted = _words(gold["quote"])
    on_page = [one for one in answer["statements"] if one["page"] == str(gold["page"])]
    if not any(wanted <= _words(f"{one['text']} {one['quote']}") for one in on_page):
        said = [(one["page"], one["text"][:80]) for one in answer["statements"]]
        raise SmokeError(f"“{gold['text']}”: page {gold['page']} should say “{gold['quote']}”; got {said}")
    return run, f"“{gold['text']}”: {answer['verdict']}, page {gold['page']}"


def draft(cage: Cage) -> tuple[Run, str]:
    """A question about running text loads the language model in a process of its own, which ends with the program."""
    file = next(cage.program.parent.rglob("language-model.gguf"), None)
    if file is None:
        run, seen = ask(cage, RUNNING_TEXT)
        return run, f"{seen}; this bundle holds no language model"
    model = file.stat().st_size / 1e6
    with _Watch(cage.program) as watch:
        run, seen = ask(cage, RUNNING_TEXT, "--draft")
    if watch.possible and watch.memory < model:
        raise SmokeError(f"the model of {model:.0f} MB was not loaded: its process held {watch.memory:.0f} MB at most")
    if left := watch.look():
        raise SmokeError(f"the model's process was left behind with {left:.0f} MB")
    return run, f"{seen}; its process held {watch.memory:.0f} MB for a model of {model:.0f} MB"


class _Watch:
    """Looks for the model's process of a program while something runs; where the system shows no processes, for nothing."""

    def __init__(self, program: Path) -> None:
        self._program = str(program).encode()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.possible = Path("/proc/self/cmdline").exists()
        self.memory = 0.0  # the most that it held, in MB

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(0.02):
            self.memory = max(self.memory, self.look())

    def look(self) -> float:
        """The memory that it holds now, in MB, 0 where there is none."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "cmdline").read_bytes().split(b"\0")[:2] == [self._program, b"serve-language-model"]:
                    found = re.search(r"VmHWM:\s*(\d+)", (process / "status").read_text())
                    return int(found[1]) / 1e3 if found else 0.0
        return 0.0


def old_processor(cage: Cage) -> tuple[None, str]:
    """On a processor of 2008, emulated, the program starts and finds a code; its kernel guard is the emulator's to keep."""
    if shutil.which("qemu-x86_64") is None or platform.machine() != "x86_64":
        return None, "not tried: there is no qemu-x86_64 here (Debian: apt install qemu-user)"
    gold, oldest = _gold(CODE), next(iter(MEANT))
    done = subprocess.run(
        emulated(cage.program, oldest, "search", "--json", gold["text"]),
        capture_output=True, text=True, check=False, env=cage.environment, cwd=cage.home, timeout=900,
    )  # fmt: skip
    pages = [one["page"] for one in json.loads(done.stdout or '{"evidence": []}')["evidence"]]
    if done.returncode or str(gold["page"]) not in pages[:1]:
        raise SmokeError(f"exit code {done.returncode}, pages {pages}: {done.stderr[-400:]}")
    return None, f"{oldest}: “{gold['text']}”: page {pages[0]} first"


def papers(cage: Cage) -> tuple[Run, str]:
    """Every file is as it was made, the SBOM names each thing once and models and packs by their digests, licences have texts."""
    run = _succeeded(cage.run("doctor", "--verify", "--json"))
    folder = cage.program.parent
    parts = json.loads((folder / "sbom.cdx.json").read_text("utf-8"))["components"]
    refs = [one["bom-ref"] for one in parts]
    if twice := {one for one in refs if refs.count(one) > 1}:
        raise SmokeError(f"the SBOM names twice: {', '.join(sorted(twice)[:3])}")
    listed = {digest["content"] for one in parts for digest in one.get("hashes", ())}
    share = folder / "_internal" / "share"
    for file in (*share.rglob("*.fpack"), *share.rglob("*.gguf"), *share.rglob("model.bin")):
        if "languages" not in file.parts and hashlib.sha256(file.read_bytes()).hexdigest() not in listed:
            raise SmokeError(f"the SBOM does not list {file.name}")
    licences = json.loads(_succeeded(cage.run("licences", "--json")).output)
    if bare := [one["name"] for one in licences if not one["texts"]]:
        raise SmokeError(f"no licence text of {', '.join(bare)}")
    return run, f"{json.loads(run.output)['files']} files, {len(parts)} parts in the SBOM, {len(licences)} licences"


def no_authors(cage: Cage) -> tuple[Run, str]:
    """Building packs is not for the device: a sentence says so."""
    manual = cage.folder / "manual.md"
    manual.write_text("# Pump\n\nTighten the plug to 45 N·m.\n", "utf-8")
    run = cage.run("pack", "build", str(manual), "-o", str(cage.folder / "manual.fpack"), "--language", "en")
    if run.code == 0 or "Traceback" in run.talk or not run.talk.startswith("fieldfare: "):
        raise SmokeError(f"exit code {run.code}: {run.talk[-400:]}")
    return run, run.talk.strip()


def screen(cage: Cage) -> tuple[Run, str]:
    """The screen opens, past the first start if that is shown, finds a code, answers it, draws a figure in pixels, and quits with Ctrl+Q."""
    code, figure = _gold(CODE), _gold(FIGURE)
    shown = Screen(cage)
    try:
        opened = (
            "Language",
            "uestion, code",
        )  # the first start, or the question line, on whose first letter the cursor stands
        shown.wait("the screen", lambda since: any(one in shown.text(since) for one in opened))
        first = time.monotonic() - shown.began
        shown.wait("the question line", lambda _: opened[1] in shown.text(), "\x1b", again=True)
        found = re.compile(r"places? in the manuals\. Enter asks\.")
        shown.wait("a result", lambda since: found.search(shown.text(since)) is not None, code["text"])
        for question, keys in ((code, "\r"), (figure, f"{figure['text']}\r")):
            wanted = "Quoted from 1 place.", f"p. {question['page']}"
            shown.wait(
                f"the answer of page {question['page']}",
                lambda since, wanted=wanted: all(one in shown.text(since) for one in wanted),
                keys,
            )
        shown.wait("the keys for pages", lambda since: "1-9" in shown.text(since), "\x1b[B")  # arrow down
        keys = re.compile("n Next|o Outline|w Warnings")  # of which there is room for one at least
        shown.wait("the page with its keys", lambda since: keys.search(shown.text(since)) is not None, "1")
        shown.wait("a picture in sixels", lambda since: PICTURE in shown.raw[since:], "z", again=True)
        while time.monotonic() - shown.began < WATCHED:
            shown.read(0.2)
        run = _succeeded(shown.quit())
    finally:
        shown.close()
    return run, f"open after {first:.1f} s; result, answer and figure drawn; quit"


def shipped(program: Path) -> Path:
    """What came with the program: models, packs, keys, languages, decisions."""
    return program.parent / "_internal" / "share"


def decisions(share: Path) -> dict[str, Any]:
    """What IT decided for all who get this bundle."""
    file = share / "fleet.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def choose_questions(cage: Cage) -> str:
    """Known answers are those of the demonstration pack: where it is not there alone, it goes beside the bundle's models."""
    share, instead = shipped(cage.program), cage.folder / "share"
    if (share / "packs" / DEMO).exists() and not decisions(share):
        return f"those of {DEMO}"
    kept = next((one for one in (share, SET_UP) if (one / "packs" / DEMO).exists()), None)
    if kept is None:
        raise SmokeError(f"{DEMO} is neither in the bundle nor in {SET_UP}: run scripts/run once")
    (instead / "packs").mkdir(parents=True)
    for file in (kept / "packs").glob(f"{DEMO}*"):
        shutil.copy(file, instead / "packs")
    (instead / "models").symlink_to(share / "models")
    cage.environment["FIELDFARE_SHARE"] = str(instead)
    return f"from here on {DEMO} with the models of the bundle, without IT's decisions"


def leaves_no_trace(cage: Cage, before: dict[str, tuple[int, int]]) -> str:
    """The program wrote nothing into its own folder, and into the home only what belongs to the user."""
    after = _files(cage.program.parent)
    if changed := sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)):
        raise SmokeError(f"changed in the bundle: {', '.join(changed[:5])}")
    left = sorted(name for name in _files(cage.home) if not OWN.fullmatch(name))
    if left:
        raise SmokeError(f"left in the home: {', '.join(left[:5])}")
    return "bundle unchanged, in the home only what is the user's"


def _succeeded(run: Run) -> Run:
    if run.code != 0:
        raise SmokeError(f"exit code {run.code}: {(run.talk or run.output)[-600:]}")
    return run


def _gold(id_: str) -> dict[str, Any]:
    for line in GOLD.read_text("utf-8").splitlines():
        question: dict[str, Any] = json.loads(line)
        if question["id"] == id_:
            return question
    raise SmokeError(f"{GOLD.name} holds no question {id_}")


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file under a folder with its size and the time that it was last written."""
    found = ((path, path.lstat()) for path in folder.rglob("*"))
    return {str(path.relative_to(folder)): (stat.st_size, stat.st_mtime_ns) for path, stat in found}


def main(arguments: list[str]) -> int:
    """Run every check; 0 if all passed."""
    parser = argparse.ArgumentParser(description="Try the frozen program.")
    parser.add_argument("dist", type=Path, help="the folder that scripts/bundle made")
    parser.add_argument("--question", action="append", default=[], metavar="ID", help="ask this gold question as well")
    options = parser.parse_args(arguments)
    program = options.dist.resolve() / "fieldfare"
    if not program.is_file():
        parser.error(f"{program} does not exist: run scripts/bundle")
    failed = 0

    def check(name: str, tried: Callable[[], tuple[Run | None, str]]) -> None:
        nonlocal failed
        try:
            run, outcome = tried()
            if run and run.internet:
                raise SmokeError(f"it asked for the internet: {run.internet[:3]}")
            cost = f"{run.seconds:6.2f} s {run.memory:5.0f} MB" if run else " " * 17
            print(f"ok    {name:<22} {cost}  {outcome}", flush=True)
        except (SmokeError, OSError, ValueError, LookupError) as error:
            failed += 1
            print(f"FAIL  {name:<22} {' ' * 17}  {error}", flush=True)

    with tempfile.TemporaryDirectory(prefix="fieldfare-smoke-") as folder:
        cage = Cage(program, Path(folder))
        print(f"{program}: {cage.describe()}", flush=True)
        before = _files(program.parent)
        check("version", lambda: version(cage))
        check("contents", lambda: contents(cage))
        check("what to ask", lambda: (None, choose_questions(cage)))
        check("doctor", lambda: doctor(cage))
        check("search", lambda: search(cage))
        check("ask: a code", lambda: ask(cage, CODE))
        check("ask: running text", lambda: draft(cage))
        check("ask: not in the manual", lambda: ask(cage, UNKNOWN))
        for id_ in options.question:
            check(f"ask: {id_}", lambda id_=id_: ask(cage, id_))
        check("job", lambda: job(cage))
        check("papers", lambda: papers(cage))
        check("pack build", lambda: no_authors(cage))
        check("old processor", lambda: old_processor(cage))
        check("screen", lambda: screen(cage))
        check("nothing written", lambda: (None, leaves_no_trace(cage, before)))
    print(f"{failed} checks failed." if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
