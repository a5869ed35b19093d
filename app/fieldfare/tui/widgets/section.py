"""The section of a manual in which a passage stands, drawn block by block."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.widgets import Static
from textual.worker import get_current_worker

from fieldfare.domain import BlockKind
from fieldfare.errors import FieldfareError
from fieldfare.text import primary, squeeze
from fieldfare.tui.highlight import quoted_rows, quoted_span
from fieldfare.tui.messages import PictureWanted, SectionLoaded, Target, TextTranslated, TranslationsChanged
from fieldfare.tui.translations import Translations, origin, redraw, texts_of
from fieldfare.tui.widgets.column import Column
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.wrapped import Wrapped, hanging
from fieldfare.tui.wording import heading_path, page_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Block, Figure, Region, SectionView

_QUOTE = "bold underline"


class Prose(Wrapped):
    """A paragraph, step or piece of code; the quoted part is underlined and its block has a bar."""

    def __init__(
        self,
        text: str,
        *,
        number: str = "",
        level: int = 1,
        span: tuple[int, int] | None = None,
        source: str = "",
        translations: Translations | None = None,
    ) -> None:
        """`source` is the text as the manual has it, by which its translation is known."""
        super().__init__(classes="block" + (" cited" if span else ""))
        self.texts = frozenset([source])
        self._source, self._span = source, span
        self._translations = translations or Translations()
        self._text = text
        self._indent = "   " * (max(1, level) - 1)
        self._number = number

    def lines(self, width: int) -> list[Content]:
        """The number stands out, the text hangs behind it."""
        first = self._indent + (f"{self._number:<3} " if self._number else "")
        said = self._translations.of(self._source)
        content = Content(plain(said.text).strip("\n") if said else self._text)
        if self._span:
            content = content.stylize(_QUOTE) if said else content.stylize(_QUOTE, *self._span)
        lines = hanging(content, width, Content.assemble((first, "bold")), " " * len(first))
        if said and said.originals and (note := origin(said)) is not None:
            lines += hanging(note, width, " " * len(first), " " * len(first))
        return lines


class PageRow(Static, can_focus=True):
    """Opens the picture of the printed page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    def __init__(self, title: str, data: bytes, region: Region | None) -> None:
        super().__init__(Content(f"{title} as printed (Enter or p)"), classes="row page-row", markup=False)
        self._title, self._data, self._region = title, data, region

    @on(Click)
    def action_open(self) -> None:
        """Fill the screen with the page."""
        self.post_message(PictureWanted(self._title, self._data, self._region))


class SectionPane(Column):
    """A section to read; opened at a passage, with the quote marked and scrolled to.

    While hazards stand above what is on the screen, a line at its top says so: scrolling to a quote must not hide the
    warning that protects it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "page", "Page", show=False),
        Binding("z", "picture", "Picture", show=False),
        Binding("w", "warnings", "Warnings", show=False),
        Binding("enter", "picture", "Picture", show=False),
    ]

    def __init__(self, assistant: Assistant, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._assistant = assistant
        self.target: Target | None = None
        self._shown: Target | None = None
        self._translations = Translations()

    def show(self, target: Target, language: str = "") -> None:
        """Read and draw the section of a passage, translated into a `language`; a newer call overtakes."""
        self.target = target
        if target != self._shown or language != self._translations.language:
            kept = self._translations.original
            self._translations = Translations(language)
            self._translations.original = kept
            self._read(target, self._translations)

    def clear(self) -> None:
        """Show nothing; what is still being read is not drawn."""
        self.target = self._shown = None
        self.remove_children()

    @work(thread=True, exclusive=True, group="section", exit_on_error=False)
    def _read(self, target: Target, translations: Translations) -> None:
        try:
            view = self._assistant.view(target.passage)
            self.post_message(SectionLoaded(target, view))
            worker = get_current_worker()
            foreign = primary(target.passage.language) != translations.language
            texts = [(text, target.passage) for text in texts_of(view)] if translations.language and foreign else []
            for index, said in self._assistant.render(texts, translations.language, lambda: worker.is_cancelled):
                self.post_message(TextTranslated(translations, texts[index][0].text, said))
        except FieldfareError as error:
            self.post_message(SectionLoaded(target, None, str(error)))
        except Exception as error:  # noqa: BLE001 - a page that breaks must not take the screen along
            self.post_message(SectionLoaded(target, None, f"This page cannot be shown: {error}"))

    @on(SectionLoaded)
    async def _draw(self, message: SectionLoaded) -> None:
        message.stop()
        if message.target != self.target:
            return
        self._shown = message.target
        await self.remove_children()
        if message.view is None:
            await self.mount(Static(Content(plain(message.error)), markup=False))
            return
        await self.mount_all(self._widgets(message.target, message.view))
        self.scroll_home(animate=False)
        self.call_after_refresh(self._to_quote)

    @on(TextTranslated)
    def _translated(self, message: TextTranslated) -> None:
        message.stop()
        message.translations.take(message.text, message.said)
        if message.translations is self._translations:
            redraw(self, message.text)
            self.post_message(TranslationsChanged())

    @property
    def translated(self) -> bool:
        """Whether there is a translation to switch off and on."""
        return self._translations.any

    def show_original(self, *, original: bool) -> None:
        """The originals, or what they say in the reader's language."""
        self._translations.original = original
        redraw(self)

    def _widgets(self, target: Target, view: SectionView) -> Iterator[Widget]:
        number = f"[{target.number}] " if target.number else ""
        revision = f" · rev. {squeeze(view.revision)}" if view.revision else ""
        page = page_name(view.place)
        unsigned = "UNSIGNED PACK · " if view.unsigned else ""
        yield PaneHead(self, unsigned + (f"{page} · " if page else "") + squeeze(view.document) + revision)
        yield Static(Content.assemble((number + heading_path(view.heading), "bold")), classes="path", markup=False)
        quotes = self._quotes(target, view)
        ahead = {(one.signal_word, one.text): one for one in view.hazards}
        printed = {(one.signal_word, one.text) for one in view.blocks if one.kind is BlockKind.HAZARD}
        for one in target.passage.hazards:
            if (one.signal_word, one.text) not in printed:  # it stands elsewhere and protects this passage all the same
                ahead.setdefault((one.signal_word, one.text), one)
        for hazard in ahead.values():
            cited = quoted_span(plain(hazard.text).strip(), quotes) is not None
            yield HazardBox.of(hazard, cited=cited, translations=self._translations)
        figures = list(view.figures)
        for block in view.blocks:
            if (block.signal_word, block.text) in ahead:
                words = f"▲ {squeeze(block.signal_word)}: stands at the top"
                yield Static(Content(words), classes="hazard-mark", markup=False)
            else:
                yield from self._block(block, quotes, figures, target.passage.pack)
        for figure in figures:
            yield self._figure(figure, target.passage.pack)
        if view.sheet is not None:
            place = target.passage.place if target.passage.place.page is not None else view.place
            title = f"Page {page_name(place).removeprefix('p. ')}".strip()
            yield PageRow(title, view.sheet.data, target.passage.place.region)

    def _quotes(self, target: Target, view: SectionView) -> tuple[str, ...]:
        for quotes in (target.quotes, (target.passage.text,)):
            for block in view.blocks:
                texts = (plain(block.text), plain(block.caption))
                if any(quoted_span(t, quotes) for t in texts) or (block.rows and quoted_rows(block, quotes)):
                    return quotes
        return ()

    def _block(self, block: Block, quotes: tuple[str, ...], figures: list[Figure], pack: str) -> Iterator[Widget]:
        text = plain(block.text).strip("\n")
        span = quoted_span(text, quotes)
        if block.kind is BlockKind.HAZARD:
            yield HazardBox(
                signal_word=block.signal_word, text=block.text, scheme=block.scheme, cited=bool(span),
                translations=self._translations,
            )  # fmt: skip
        elif block.kind is BlockKind.TABLE and block.rows:
            if block.caption:
                caption = Prose(plain(block.caption), source=block.caption, translations=self._translations)
                yield caption.set_classes("table-caption")
            cited = quoted_rows(block, quotes)
            table = Table(block, cited, self._translations)
            table.set_class(bool(cited), "cited-table")
            yield table
        elif block.kind is BlockKind.FIGURE:
            found = next((f for f in figures if squeeze(f.caption) in {squeeze(block.caption), squeeze(text)}), None)
            found = found or (figures[0] if figures else None)
            if found is not None:
                figures.remove(found)
                row = self._figure(found, pack)
                row.set_class(span is not None or quoted_span(found.caption, quotes) is not None, "cited")
                yield row
            elif text or block.caption:
                yield Prose(text or plain(block.caption), span=span)
        elif block.kind is BlockKind.CODE:
            code = Static(Content(text), classes="block code", markup=False)
            code.set_class(span is not None, "cited")
            yield code
        else:
            yield Prose(
                text, number=plain(block.number), level=block.level, span=span, source=block.text,
                translations=self._translations,
            )  # fmt: skip

    def _figure(self, figure: Figure, pack: str) -> FigureRow:
        return FigureRow(
            caption=figure.caption or figure.number,
            width=figure.width,
            height=figure.height,
            columns=self.scrollable_content_region.width - 1,  # the bar of a row
            load=partial(self._assistant.picture, pack, figure.image),
        )

    def _to_quote(self) -> None:
        for head in self.query(PaneHead):
            head.tell()
        if self.target is not None and not self.target.warned:
            return  # from the top, where the warnings stand
        for widget in self.query(".cited, .cited-table, .cited-hazard"):
            line = widget.cited_line if isinstance(widget, Table) else 0
            top = widget.virtual_region.y + line
            # A third of the pane above the quote keeps what leads to it in sight.
            self.scroll_to(y=max(0, top - self.content_size.height // 3), animate=False, force=True)
            return

    def hazards_above(self) -> list[HazardBox]:
        """The hazard boxes that begin above what is on the screen."""
        top = self.scroll_offset.y
        return [box for box in self.query(HazardBox) if box.virtual_region.y < top]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the line about hazards above right while scrolling."""
        super().watch_scroll_y(old_value, new_value)
        for line in self.query(PaneHead):
            line.tell()

    def action_page(self) -> None:
        """The printed page, where there is one."""
        for row in self.query(PageRow):
            row.action_open()

    def action_picture(self) -> None:
        """Enlarge the chosen figure, else the first that is on the screen, else the first."""
        figures = list(self.query(FigureRow))
        seen = [f for f in figures if self.content_region.overlaps(f.region)]
        for figure in (seen or figures)[:1]:
            figure.action_enlarge()

    def action_warnings(self) -> None:
        """Go up to the nearest hazard above."""
        for box in self.hazards_above()[-1:]:
            box.focus(scroll_visible=False)
            self.scroll_to_widget(box, animate=False, top=True, force=True)


class PaneHead(Static):
    """The line that stays at the top of the pane: where this is printed, and that hazards stand above."""

    def __init__(self, pane: SectionPane, source: str) -> None:
        super().__init__(Content(source), classes="pane-head", markup=False)
        self._pane = pane
        self._source = source
        self._hidden = -1

    def tell(self) -> None:
        """Count the hazards above again."""
        above = self._pane.hazards_above()
        if len(above) == self._hidden:
            return
        self._hidden = len(above)
        words = ", ".join(dict.fromkeys(box.word for box in above))
        warning = f" ▲ {words} above: key w " if above else ""
        self.update(Content.assemble((warning, "bold reverse"), " " if above else "", self._source), layout=False)

    @on(Click)
    def _clicked(self) -> None:
        self._pane.action_warnings()
