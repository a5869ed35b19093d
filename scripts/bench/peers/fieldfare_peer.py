"""Fieldfare as it is installed: packs built by its creator, asked through the door that its screen and command line use."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

from corpora import DEMO


def build(documents: list[dict[str, Any]], place: dict[str, Any]) -> None:
    """Build the set's pack and the ballast's, and install them in a folder of their own."""
    from fieldfare import cli, embedders
    from fieldfare.ingest import corpus

    index, cache = Path(place["index"]), Path(place["cache"])
    shutil.rmtree(index, ignore_errors=True)
    for old in cache.rglob("*.fpack"):  # made by another commit, perhaps; vectors of the same text are the same
        old.unlink()
    embedder = embedders.embedded()
    pages: dict[str, list[str]] = {}
    packs = []
    parts = {
        "ballast": [one for one in documents if one["id"].startswith("ballast:")],
        place["set"]: [one for one in documents if not one["id"].startswith("ballast:")],
    }
    for name, part in parts.items():
        if name == "demo":  # a manual, not texts: as its author builds it
            target = Path(place["scratch"]) / "demo.fpack"
            target.parent.mkdir(parents=True, exist_ok=True)
            if cli.main(["pack", "build", str(DEMO), "-o", str(target)]):
                raise SystemExit("the demo pack was not built")
        else:
            texts = tuple((one["title"], one["text"]) for one in part)
            whole = corpus.Corpus(name=name, texts=texts, language="en")
            target = corpus.corpus_pack(whole, embedder, cache, lambda *_: None)
            pages[f"{name}-set"] = [one["id"] for one in part]
        packs.append(target)
    for pack in packs:
        if cli.main(["pack", "install", "--unsigned", str(pack)]):
            raise SystemExit(f"{pack} was not installed")
    (index / "pages.json").write_text(json.dumps(pages), encoding="utf-8")


class Peer:
    """An open assistant over the installed packs."""

    def __init__(self, place: dict[str, Any], *, answering: bool) -> None:
        import dataclasses

        from fieldfare import settings
        from fieldfare.assistant import open_assistant

        chosen = dataclasses.replace(settings.load(), draft=answering)
        self._assistant = open_assistant(chosen, eager=True)
        self._pages = json.loads((Path(place["index"]) / "pages.json").read_text(encoding="utf-8"))

    def search(self, text: str, limit: int) -> list[dict[str, str]]:
        """The instant tier."""
        from fieldfare.domain import Question

        found = self._assistant.search(Question(text=text), limit)
        return [{"doc": self._document(one.passage), "text": one.passage.text} for one in found]

    def _document(self, passage: Any) -> str:
        pages = self._pages.get(passage.pack)
        return pages[int(passage.place.label or passage.place.page) - 1] if pages else passage.document

    def answer(self, text: str) -> dict[str, Any]:
        """The whole answer; shown is all that the technician reads of it, warnings included."""
        from fieldfare.domain import Answered, EvidenceFound, Failed, Question, Verdict

        for event in self._assistant.ask(Question(text=text), threading.Event()):
            match event:
                case EvidenceFound(evidence=evidence):
                    read = [one.passage.text for one in evidence]
                case Failed(message=message):
                    raise SystemExit(message)
                case Answered(answer=answer):
                    refused = answer.verdict is Verdict.REFUSED
                    warnings = [f"{one.signal_word}: {one.text}" for one in answer.hazards]
                    read += [one.citation.passage.text for one in answer.statements] + warnings
                    shown = "" if refused else "\n".join([*warnings, answer.text])
                    return {"answer": shown, "refused": refused, "read": read, "verdict": answer.verdict.value}
        raise SystemExit("the question was not answered")
