"""Between the technician's language and those of the packs: his question to each of them, their texts back to him."""

from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare import catalogue, paths
from fieldfare.domain.translation import Rendering, Text
from fieldfare.errors import FieldfareError
from fieldfare.stems import SPOKEN, stem, stop_words, tokens
from fieldfare.text import primary
from fieldfare.translation import packages
from fieldfare.translation.cache import Cache
from fieldfare.translation.engine import Engine
from fieldfare.translation.guarded import Return, never
from fieldfare.translation.memory import Memory
from fieldfare.translation.phrasing import Phrasing
from fieldfare.translation.terminology import Terminology
from fieldfare.translation.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.domain import Passage, Question
    from fieldfare.pack.archive import Archive

# What tells a language by its letters alone.
_LETTERS = {"de": "äöüß", "es": "ñ¿¡", "fr": "çœèêùëâ", "pt": "ãõ"}
# What each says of the language of a question: a small word or letter of it, a word that its manuals know or do not know.
_SMALL_WORD, _OWN_LETTER, _KNOWN_WORD, _STRANGE_WORD = 2.0, 2.0, 1.0, -0.5

# The letter of a code such as `E-22` or `Y 12`, which is no small word of Spanish.
_CODE = re.compile(r"(?<!\w)(?:[A-Z]\s|[^\W\d_][\-_./–]?)\d[\w\-./–]*")


class Interpreter:
    """Translates questions and texts for open packs. Safe to use from several threads; models are loaded when needed."""

    def __init__(
        self,
        archives: Sequence[Archive],
        engine: Engine,
        translator: Translator,
        terms: Terminology,
        problems: Sequence[str] = (),
    ) -> None:
        """`problems` are sentences for language packages that cannot be used."""
        self.problems = tuple(problems)
        self._archives = {archive.manifest.id: archive for archive in archives}
        self._engine, self._translator, self._terms = engine, translator, terms
        self._asking = threading.Lock()
        self._phrasing = Phrasing(archives)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the packs, those that their texts are approved in, and those that packages lead from or to."""
        found = {primary(one.manifest.language) for one in self._archives.values()}
        found |= {code for one in self._archives.values() for pair in one.translations.pairs() for code in pair}
        found |= {primary(code) for one in self._engine.packages for code in one.pair}
        return tuple(sorted(found))

    def language_of(self, text: str, fallback: str = "") -> str:
        """The language of a question, by its small words, its letters and the words of the packs; else `fallback`.

        Where these tell as much for two languages, it is that of the screen. Without a `fallback` a question that tells
        nothing is in the language of the screen where a pack speaks it, else in that of the first pack.
        """
        words = set(tokens(_CODE.sub(" ", text)))
        spoken = self._spoken()
        scores = {}
        for code in {*self.languages, *SPOKEN}:
            score = _SMALL_WORD * len(words & stop_words(code))
            score += _OWN_LETTER * any(letter in text.casefold() for letter in _LETTERS.get(code, ""))
            if archives := spoken.get(code):
                telling = [
                    stem(one, code) for one in words if one.isalpha() and len(one) > 2 and one not in stop_words("")
                ]
                known = sum(any(archive.frequency(one) for archive in archives) for one in telling)
                score += _KNOWN_WORD * known + _STRANGE_WORD * (len(telling) - known)
            scores[code] = score
        first = next((primary(one.manifest.language) for one in self._archives.values()), "en")
        screen = primary(catalogue.spoken())
        likely = primary(fallback) or (screen if screen in spoken else first)
        nearest = [primary(fallback), screen, first]
        best = max(sorted(scores), key=lambda code: (scores[code], *(code == one for one in nearest)))
        return best if scores[best] > 0 else likely

    def _spoken(self) -> dict[str, list[Archive]]:
        # The words of a pack in several languages do not say which of them they are from.
        found: dict[str, list[Archive]] = {}
        for one in self._archives.values():
            found.setdefault(primary(one.manifest.language), []).append(one)
        return {
            code: [one for one in archives if len(one.languages()) == 1] or archives for code, archives in found.items()
        }

    def questions(self, question: Question, *, at_once: bool = False) -> tuple[Question, ...]:
        """A question to the packs of each language in that language, its own first; each has its `language`.

        `at_once` no model is asked: that is for while somebody types. Then, and where a question cannot be translated safely, it
        is put in approved words as far as these reach.
        """
        own = self.language_of(question.text, question.language)
        chosen: dict[str, list[str]] = {}
        for id_ in question.packs or self._archives:
            if archive := self._archives.get(id_):
                spoken = [primary(code) for code in archive.languages()]
                chosen.setdefault(own if own in spoken else spoken[0], []).append(id_)
        if not chosen or set(chosen) == {own}:
            return (replace(question, language=own),)
        return tuple(
            replace(
                question,
                language=code,
                packs=tuple(chosen[code]),
                text=self._asked(question.text, own, code, at_once=at_once),
            )
            for code in sorted(chosen, key=lambda code: code != own)
        )

    def _asked(self, text: str, source: str, target: str, *, at_once: bool) -> str:
        if source == target:
            return text
        if at_once:
            return self._phrasing.phrase(text, source, target)
        with self._asking:
            said = self._last((Text(text=text),), source, target)[0]
        return said.text if said.changed else self._phrasing.phrase(text, source, target)

    def _last(self, texts: Sequence[Text], source: str, target: str) -> list[Rendering]:
        # A question that lost most of its words finds less than one that nobody translated.
        found = dict(self._translator.translate(texts, source, target, doubt=Return.HALF))
        return [found[index] for index in range(len(texts))]

    def render(
        self,
        texts: Iterable[tuple[Text, Passage]],
        language: str,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[tuple[int, Rendering]]:
        """Texts of passages in a language, each as often as more of it stands: its index and how far it is."""
        groups: dict[tuple[str, str], list[tuple[int, Text]]] = {}
        for index, (text, passage) in enumerate(texts):
            groups.setdefault((passage.pack, passage.language), []).append((index, text))
        for (pack, source), members in groups.items():
            archive = self._archives.get(pack)
            digest = archive.manifest.digest if archive else ""
            said = self._translator.translate(
                [text for _, text in members], source, language, pack=pack, pack_digest=digest, cancelled=cancelled
            )
            for place, rendering in said:
                yield members[place][0], rendering

    def route(self, source: str, target: str) -> str:
        """The way that a machine translation takes, such as `es → en → de`; empty where no package leads there."""
        try:
            return str(self._engine.route(primary(source), primary(target)))
        except FieldfareError:
            return ""

    def prepare(self, language: str) -> None:
        """Load the models between a language and the first pack that speaks another: then the first sentence comes at once.

        Waits until that is done. What cannot be loaded says so when it is needed.
        """
        language = primary(language)
        others = (primary(one.manifest.language) for one in self._archives.values())
        if other := next((code for code in others if code != language), ""):
            for way in ((other, language), (language, other)):
                with contextlib.suppress(FieldfareError):
                    self._engine.prepare(*way)

    def close(self) -> None:
        """Give the memory of the models back."""
        self._engine.unload()


def open_interpreter(archives: Sequence[Archive], *, threads: int = 0) -> Interpreter:
    """The interpreter over open packs and the installed language packages."""
    found, problems = packages.installed()
    engine, terms = Engine(found, threads=threads), Terminology(archives)
    translator = Translator(
        engine,
        memory=Memory(archives),
        terminology=terms,
        cache=Cache(paths.translations_dir()),
        protected=(word for archive in archives for word in archive.protected_words()),
    )
    return Interpreter(archives, engine, translator, terms, problems)
