"""Caption to figure: how often the right figure is among the first five for the caption that its author gave it.

    python scripts/bench/figures.py [MANUALS PAIRS.jsonl]

MANUALS holds the manuals that the pairs name their images in (../shared/manuals), each pair has `image`, `alt` and
`caption` (../shared/eval/figures/pairs.jsonl). The query is the caption, or the alternative text where there is no other.
Measured twice, on packs built by the real creator: from the manual as it is, where the caption of a figure is in the pack
and words find it, and with every caption and alternative text taken out of the sources, so that a figure is found by its
heading, the words inside the drawing and the text beside it alone. The second is the honest figure. Names of files are
never used. A figure counts as found by its picture, wherever the manual shows it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import paths
from fieldfare.assistant import open_embedder
from fieldfare.domain import Question
from fieldfare.images import read_picture
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[3] / "shared"
FIRST = 5


def main(arguments: list[str]) -> int:
    manuals, pairs = map(Path, arguments or (SHARED / "manuals", SHARED / "eval" / "figures" / "pairs.jsonl"))
    if not pairs.is_file() or not manuals.is_dir():
        sys.stderr.write(f"{pairs} or {manuals} is not here. Name the manuals and the pairs.\n")
        return 2
    embedder = open_embedder()
    if embedder is None:
        sys.stderr.write("The embedder is not set up: run scripts/run.\n")
        return 2
    asked = [json.loads(line) for line in pairs.read_text("utf-8").splitlines() if line.strip()]
    wanted = {pair["image"]: _digest(manuals / pair["image"]) for pair in asked}
    manual = asked[0]["image"].split("/", 1)[0]
    with tempfile.TemporaryDirectory() as scratch:
        sources = {"captions in the pack": manuals / manual, "captions held out": Path(scratch) / "held-out" / manual}
        shutil.copytree(manuals / manual, sources["captions held out"], ignore=shutil.ignore_patterns(".*"))
        captions = {pair["caption"] for pair in asked if pair["caption"]}
        taken = sum(_hold_out(file, captions) for file in sorted(sources["captions held out"].rglob("*.md")))
        print(f"{len(asked)} captions of {manual}; {taken} captions and alternative texts held out; hit@{FIRST}:")
        for name, source in sources.items():
            pack = Path(scratch) / f"{name.replace(' ', '-')}.fpack"
            cache = paths.build_cache_dir() if name == "captions in the pack" else None
            build(read_source(source), pack, embedder, lambda *_: None, cache=cache)
            archive = Archive(pack)
            both, words = Retriever([archive], embedder), Retriever([archive], None)

            def by_meaning(text: str, archive: Archive = archive) -> list[str]:
                vector = embedder.encode([text], query=True)[0]
                order = [id_ for id_, _ in archive.find_figure_meaning(vector, FIRST)]
                shown = archive.figures(order)
                return [shown[id_][0].image for id_ in order if id_ in shown]

            lanes: dict[str, Callable[[str], list[str]]] = {
                "words only": lambda text, one=words: _images(one, text),
                "meaning only": by_meaning,
                "both": lambda text, one=both: _images(one, text),
            }
            found = {
                lane: sum(wanted[pair["image"]] in search(pair["caption"] or pair["alt"]) for pair in asked)
                for lane, search in lanes.items()
            }
            said = ", ".join(f"{lane} {count / len(asked):.3f}" for lane, count in found.items())
            print(f"  {name} ({archive.manifest.figures} figures): {said}")
            archive.close()
    return 0


def _images(retriever: Retriever, text: str) -> list[str]:
    found = retriever.find_figures(Question(text=text), FIRST)
    return [one.figure.image for one in found if one.figure is not None]


def _digest(file: Path) -> str:
    return hashlib.sha256(read_picture(file.read_bytes(), name=file.name).data).hexdigest()


def _hold_out(file: Path, captions: set[str]) -> int:
    """Take every alternative text, and the captions that stand as text, out of a Markdown file; how many there were."""
    text, held_out = re.subn(r"!\[[^\]\n]+\](?=\()", "![]", file.read_text("utf-8"))
    for caption in captions:
        held_out += text.count(caption)
        text = re.sub(rf"[_*]*{re.escape(caption)}[_*]*", "", text)
    file.write_text(text, "utf-8")
    return held_out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
