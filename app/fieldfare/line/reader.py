"""Pages by lines: the section that is read, the one behind it, its warnings, its figures."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fieldfare import output, viewer
from fieldfare.catalogue import _
from fieldfare.domain import Read, reference
from fieldfare.line.dialogue import interruptible
from fieldfare.line.pages import Layout, texts_of
from fieldfare.text import primary, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.domain import Figure, Passage
    from fieldfare.domain.translation import Rendering, Text
    from fieldfare.line.session import Session


class Reader:
    """Where in the manuals somebody is; `passage` is None while he is at an answer."""

    def __init__(self, session: Session) -> None:
        self._session, self._assistant, self._dialogue = session, session.assistant, session.dialogue
        self.passage: Passage | None = None
        self._cited = ""

    def read(self, passage: Passage, cited: str = "") -> None:
        """Read the section of a passage; what is `cited` of it is marked. Raises PackError."""
        view = self._assistant.view(passage)
        self.passage, self._cited = passage, cited
        said = self.translated(tuple(texts_of(view)), passage)
        self._dialogue.show(Layout(self._dialogue.width, said, self._session.language).section(view, cited))
        manifests = {pack.manifest.id: pack.manifest for pack in self._assistant.packs}
        if manifest := manifests.get(passage.pack):
            self._session.record(Read(reference=reference(passage, manifest)))

    def again(self) -> None:
        """The page once more."""
        if self.passage is not None:
            self.read(self.passage, self._cited)

    def leaf(self, step: int) -> None:
        """The section behind (1) or before (-1) the one that is read."""
        if self.passage is None:
            self._dialogue.say(_("Open a page first, by its number."))
            return
        found = self._assistant.bookshelf.neighbour(self.passage, step)
        if found is None:
            self._dialogue.say(_("The manual ends here."))
        else:
            self.read(found)

    def translated(self, texts: Sequence[Text], passage: Passage) -> dict[str, Rendering]:
        """Texts of a passage's manual in the technician's language by their originals; none where it is that of the manual."""
        language, cancel = self._session.language, threading.Event()
        if not language or primary(passage.language) == language or self._session.original:
            return {}
        said: dict[str, Rendering] = {}
        with interruptible(cancel):
            for index, one in self._assistant.render([(text, passage) for text in texts], language, cancel.is_set):
                said[texts[index].text] = one
        return said

    def warnings(self, passage: Passage) -> None:
        """The warnings of a page, whole."""
        view, layout = self._assistant.view(passage), Layout(self._dialogue.width)
        lines = [layout.hazard(one) for one in view.hazards]
        lines += [layout.block(one) for one in view.blocks if one.signal_word]
        for line in dict.fromkeys(lines):
            self._dialogue.write(f"{line}\n")
        if not lines:
            self._dialogue.say(_("This page has no warnings."))

    def figures(self, places: Iterable[Passage], number: str) -> None:
        """The figures of the page or of some places, numbered; one of them is shown by its number."""
        found: dict[tuple[str, int], tuple[Passage, Figure]] = {}
        for place in places:
            figures = self._assistant.view(place).figures if self.passage is not None else place.figures
            found |= {(place.pack, one.id): (place, one) for one in figures}
        if not found:
            self._dialogue.say(_("There are no figures here."))
        elif number and not 1 <= int(number) <= len(found):
            self._dialogue.say(_("There is no figure {number}.").format(number=number))
        elif number:
            self.show(*list(found.values())[int(number) - 1])
        else:
            for at, (_place, figure) in enumerate(found.values(), 1):
                self._dialogue.say(output.figure_line(figure), starts=f"{at}. ")
            self._session.offer([lambda one=one: self.show(*one) for one in found.values()])  # type: ignore[misc]

    def show(self, passage: Passage, figure: Figure) -> None:
        """A figure in the viewer of the system, or where its file lies; with the words inside it."""
        data = self._assistant.picture(passage.pack, figure.image)
        self._dialogue.say(viewer.view(data, figure.caption or figure.number))
        if figure.text:
            self._dialogue.say(_("Words in it: {words}").format(words=squeeze(figure.text)))
