"""The section of a manual in which a passage stands, drawn block by block."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from fieldfare.catalogue import _
from fieldfare.domain import BlockKind
from fieldfare.errors import FieldfareError
from fieldfare.text import primary, squeeze
from fieldfare.tui.highlight import quoted_rows, quoted_span
from fieldfare.tui.marking import Marking
from fieldfare.tui.messages import Said, SectionLoaded, Target, TextTranslated, TranslationsChanged
from fieldfare.tui.translations import MACHINE, Translations, redraw, texts_of
from fieldfare.tui.widgets.blocks import Code, PageRow, Prose
from fieldfare.tui.widgets.column import Column
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.wrapped import Wrapped
from fieldfare.tui.wording import heading_path, page_name, plain

if TYPE_CHECKING:
    import re
    from collections.abc import Container, Iterator

    from fieldfare.domain import Block, Figure, SectionView
    from fieldfare.domain.manual import Spot
    from fieldfare.tui.desk import Desk

Part = TypeVar("Part", bound=Widget)

BATCH = 60
"""Widgets that are drawn at once: more than fit on the largest screen."""


class SectionPane(Column):
    """A section to read; opened at a passage, with the quote marked and scrolled to.

    While hazards stand above what is on the screen, a line at its top says so: scrolling to a quote must not hide the
    warning that protects it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "picture", "Picture", show=False),
        Binding("w", "warnings", "Warnings", show=False),
        Binding("c", "columns", "Columns", show=False),
        Binding("enter", "picture", "Picture", show=False),
    ]
    DEFAULT_CSS = """
    SectionPane { layers: text head; }
    SectionPane > * { max-width: 104; }
    SectionPane > .table, SectionPane > .pane-head, SectionPane.-both > * { max-width: 100%; }
    """

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.desk = desk
        self._assistant = desk.assistant
        self.target: Target | None = None
        self.view: SectionView | None = None
        self._shown: Target | None = None
        self._translations = Translations()
        self._marking = Marking()
        self._both = False
        self._wide = 0  # the width for which the anchor holds
        self._anchor: tuple[Widget, float] | None = None
        self._blocks: dict[int, list[Widget]] = {}  # what each block is drawn as
        self._rest: Iterator[Widget] | None = None  # what is not on the screen yet
        self._late: Spot | None = None  # where to go as soon as it is

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
        self.target = self._shown = self.view = None
        self.remove_children()

    @work(thread=True, exclusive=True, group="section", exit_on_error=False)
    def _read(self, target: Target, translations: Translations) -> None:
        worker = get_current_worker()
        try:
            view = self._assistant.view(target.passage)
        except FieldfareError as error:
            self.post_message(SectionLoaded(target, None, str(error)))
            return
        except Exception as error:  # noqa: BLE001 - a page that breaks must not take the screen along
            self.post_message(SectionLoaded(target, None, _("This page cannot be shown: {error}").format(error=error)))
            return
        self.post_message(SectionLoaded(target, view))
        sentence = _("It failed: {reason}")
        try:
            self.look_around(target, view)
            sentence = _("In the original: {reasons}")
            foreign = primary(target.passage.language) != translations.language
            texts = [(text, target.passage) for text in texts_of(view)] if translations.language and foreign else []
            for index, said in self._assistant.render(texts, translations.language, lambda: worker.is_cancelled):
                self.post_message(TextTranslated(translations, texts[index][0].text, said))
        except Exception as error:  # noqa: BLE001 - the page is there all the same
            if not worker.is_cancelled:
                self.post_message(Said(sentence.format(reason=error, reasons=error)))

    @on(SectionLoaded)
    async def _draw(self, message: SectionLoaded) -> None:
        message.stop()
        if message.target != self.target:
            return
        self._shown, self.view = message.target, message.view
        self._anchor = None
        await self.remove_children()
        if message.view is None:
            await self.mount(Static(Content(plain(message.error)), markup=False))
            return
        self._blocks, self._late = {}, None
        widgets = self._widgets(message.target, message.view)
        self._rest = widgets
        await self.mount_all(self._first(widgets, message.target))
        self.scroll_home(animate=False)
        self.call_after_refresh(self._arrive)
        self.drawn()
        self.call_later(self._draw_more, widgets)

    def _first(self, widgets: Iterator[Widget], target: Target) -> Iterator[Widget]:
        """As many of the widgets as are seen at first; the others follow while one begins to read."""
        wanted = target.spot.block if target.spot is not None else -1
        cited = False
        for seen, widget in enumerate(widgets, 1):
            cited = cited or bool(widget.classes & {"cited", "cited-table", "cited-hazard"})
            yield widget
            if (
                seen >= BATCH
                and (cited or not (target.quotes or target.passage.text))
                and (wanted < 0 or len(self._blocks) > wanted + BATCH // 2)
            ):
                return

    async def _draw_more(self, widgets: Iterator[Widget]) -> None:
        if widgets is not self._rest or not self.is_attached:
            return
        following = list(islice(widgets, BATCH))
        if not following:
            self._rest = None
            return
        await self.mount_all(following)
        if self._late is not None and self._late.block in self._blocks:
            late, self._late = self._late, None
            self.call_after_refresh(self.scroll_to_spot, late)
        self.call_after_refresh(self._draw_more, widgets)

    def look_around(self, target: Target, view: SectionView) -> None:
        """Find out what belongs to a section beside its text; runs in the worker that read it."""

    def drawn(self) -> None:
        """The section is on the screen."""

    @on(TextTranslated)
    def _translated(self, message: TextTranslated) -> None:
        message.stop()
        message.translations.take(message.text, message.said)
        if message.translations is self._translations:
            redraw(self, message.text)
            self._tell_head()
            self.post_message(TranslationsChanged())

    @property
    def translated(self) -> bool:
        """Whether there is a translation to switch off and on."""
        return self._translations.any

    @property
    def by_machine(self) -> bool:
        """Whether something of what is shown was translated by a machine."""
        return self._translations.machine

    def show_original(self, *, original: bool) -> None:
        """The originals, or what they say in the reader's language."""
        self._translations.original = original
        redraw(self)
        self._tell_head()

    def _tell_head(self) -> None:
        for head in self.parts(PaneHead):
            head.tell()

    def _widgets(self, target: Target, view: SectionView) -> Iterator[Widget]:
        number = f"[{target.number}] " if target.number else ""
        revision = " · " + _("rev. {revision}").format(revision=squeeze(view.revision)) if view.revision else ""
        page = page_name(view.place)
        unsigned = _("UNSIGNED PACK") + " · " if view.unsigned else ""
        yield PaneHead(self, (f"{page} · " if page else "") + squeeze(view.document) + revision, unsigned)
        yield TableHead(self)
        yield Static(Content.assemble((number + heading_path(view.heading), "bold")), classes="path", markup=False)
        quotes = self._quotes(target, view)
        ahead = {(one.signal_word, one.text): one for one in view.hazards}
        printed = {(one.signal_word, one.text) for one in view.blocks if one.kind is BlockKind.HAZARD}
        for one in target.passage.hazards:
            if (one.signal_word, one.text) not in printed:  # it stands elsewhere and protects this passage all the same
                ahead.setdefault((one.signal_word, one.text), one)
        for hazard in ahead.values():
            cited = quoted_span(plain(hazard.text).strip(), quotes) is not None
            yield HazardBox.of(hazard, cited=cited, translations=self._translations, marking=self._marking)
        figures = list(view.figures)
        for index, block in enumerate(view.blocks):
            for widget in self._drawn_block(block, ahead, quotes, figures, target.passage.pack):
                self._blocks.setdefault(index, []).append(widget)
                yield widget
        for figure in figures:
            yield self._figure(figure, target.passage.pack)
        if view.sheet is not None:
            place = target.passage.place if target.passage.place.page is not None else view.place
            yield PageRow(squeeze(place.label) or str(place.page or ""))

    def _drawn_block(
        self, block: Block, ahead: Container[tuple[str, str]], quotes: tuple[str, ...], figures: list[Figure], pack: str
    ) -> Iterator[Widget]:
        if (block.signal_word, block.text) in ahead:
            words = _("▲ {signal_word}: stands at the top").format(signal_word=squeeze(block.signal_word))
            yield Static(Content(words), classes="hazard-mark", markup=False)
        else:
            yield from self._block(block, quotes, figures, pack)

    def _quotes(self, target: Target, view: SectionView) -> tuple[str, ...]:
        for quotes in filter(any, (target.quotes, (target.passage.text,))):
            for block in view.blocks:
                texts = ("" if block.rows else plain(block.text), plain(block.caption))
                if any(quoted_span(t, quotes) for t in texts) or (block.rows and quoted_rows(block, quotes)):
                    return quotes
        return ()

    def _block(self, block: Block, quotes: tuple[str, ...], figures: list[Figure], pack: str) -> Iterator[Widget]:
        text = "" if block.rows else plain(block.text).strip("\n")
        span = quoted_span(text, quotes) if quotes else None
        if block.kind is BlockKind.HAZARD:
            yield HazardBox(
                signal_word=block.signal_word, text=block.text, scheme=block.scheme, cited=bool(span),
                translations=self._translations, marking=self._marking,
            )  # fmt: skip
        elif block.kind is BlockKind.TABLE and block.rows:
            if block.caption:
                caption = Prose(
                    plain(block.caption), source=block.caption, translations=self._translations, marking=self._marking
                )
                yield caption.set_classes("table-caption")
            cited = quoted_rows(block, quotes) if quotes else frozenset()
            table = Table(block, cited, self._translations, self._marking)
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
                prose = Prose(
                    text or plain(block.caption), span=span, source=block.text or block.caption,
                    translations=self._translations, marking=self._marking,
                )  # fmt: skip
                prose.both = self._both
                yield prose
        elif block.kind is BlockKind.CODE:
            yield Code(text, cited=span is not None, marking=self._marking)
        else:
            prose = Prose(
                text, number=plain(block.number), level=block.level, span=span, source=block.text,
                translations=self._translations, marking=self._marking,
            )  # fmt: skip
            prose.both = self._both
            yield prose

    def _figure(self, figure: Figure, pack: str) -> FigureRow:
        return FigureRow(
            id_=figure.id,
            caption=figure.caption or figure.number,
            width=figure.width,
            height=figure.height,
            columns=self.scrollable_content_region.width - 1,  # the bar of a row
            load=partial(self._assistant.picture, pack, figure.image),
            translations=self._translations,
        )

    def _arrive(self) -> None:
        """Scroll to where one wanted to be."""
        for head in self.parts(PaneHead):
            head.tell()
        target = self.target
        if target is None or not target.warned:
            return  # from the top, where the warnings stand
        if target.spot is not None:
            self.scroll_to_spot(target.spot)
            return
        for widget in self.query(".cited, .cited-table, .cited-hazard"):
            line = widget.cited_line if isinstance(widget, Table) else 0
            top = widget.virtual_region.y + line
            # A third of the pane above the quote keeps what leads to it in sight.
            self.scroll_to(y=max(0, top - self.content_size.height // 3), animate=False, force=True)
            return

    def scroll_to_spot(self, spot: Spot) -> None:
        """Bring a block, and of a table the row, on the screen; a third of the pane above it stays in sight."""
        if self._rest is not None and spot.block >= 0 and spot.block not in self._blocks:
            self._late = spot
            return
        widgets = self._blocks.get(spot.block)
        if not widgets:
            self.scroll_home(animate=False)
            return
        widget = widgets[-1]
        line = widget.line_of(spot.row) if isinstance(widget, Table) and spot.row >= 0 else 0
        self.scroll_to(
            y=max(0, widget.virtual_region.y + line - self.content_size.height // 3), animate=False, force=True
        )

    def block_on_screen(self) -> int:
        """The first block that is on the screen, -1 where none is."""
        for index, widgets in self._blocks.items():
            for widget in widgets:
                if widget.virtual_region.bottom > self.scroll_offset.y:
                    return index
        return -1

    # What is read stays where it is when the window changes.

    def _keep_anchor(self) -> None:
        if self.size.width != self._wide:
            return
        top = self.scroll_offset.y
        for widget in self.children:
            region = widget.virtual_region
            if widget.styles.dock == "none" and region.bottom > top and region.height:
                self._anchor = widget, (top - region.y) / region.height
                return

    @on(Resize)
    def _resized(self) -> None:
        if self.size.width != self._wide:
            self.call_after_refresh(self._to_anchor)

    def _to_anchor(self) -> None:
        self._wide = self.size.width
        if self._anchor is not None and self._anchor[0].is_attached:
            widget, share = self._anchor
            region = widget.virtual_region
            self.scroll_to(y=region.y + round(share * region.height), animate=False, force=True)
        for head in self.parts(TableHead):
            head.tell()

    def hazards_above(self) -> list[HazardBox]:
        """The hazard boxes that begin above what is on the screen."""
        top = self.scroll_offset.y
        return [box for box in self.parts(HazardBox) if box.virtual_region.y < top]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the line about hazards above right while scrolling."""
        super().watch_scroll_y(old_value, new_value)
        self.call_after_refresh(self._keep_anchor)  # over hundreds of blocks it takes 10 ms: painted first
        for line in self.parts(PaneHead):
            line.tell()
        for head in self.parts(TableHead):
            head.tell()

    def parts(self, kind: type[Part]) -> list[Part]:
        """What is drawn of a kind: all of it stands right below the pane, and a query of hundreds takes too long to scroll."""
        return [one for one in self.children if isinstance(one, kind)]

    @property
    def rows(self) -> list[Widget]:
        """The rows that can be chosen."""
        return [row for row in self.children if row.has_class("row") and row.focusable and row.region.height]

    def action_leave(self, edge: str) -> None:
        """Sideways in a table that is too wide, else out of the pane."""
        for table in self.parts(Table):
            if self.content_region.overlaps(table.region) and table.move(1 if edge == "right" else -1):
                for head in self.parts(TableHead):
                    head.tell()
                return
        super().action_leave(edge)

    def action_columns(self) -> None:
        """Tables in columns, or row by row."""
        for table in self.parts(Table):
            if self.content_region.overlaps(table.region) and table.too_wide:
                table.turn()

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """Mark what was searched for, wherever it stands."""
        if pattern is None and self._marking.pattern is None:
            return
        self._marking.pattern = pattern
        for widget in self.query("*"):
            if hasattr(widget, "marking"):
                widget.refresh()
                widget.changed()  # type: ignore[attr-defined]

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
    """The line that stays at the top of the pane: where this is printed, that hazards stand above, that a machine translated it."""

    def __init__(self, pane: SectionPane, source: str, unsigned: str) -> None:
        super().__init__(Content(unsigned + source), classes="pane-head", markup=False)
        self._pane = pane
        self._source, self._unsigned = source, unsigned
        self._told = (-1, False)

    def tell(self) -> None:
        """Count the hazards above again, and see who translated this."""
        above, machine = self._pane.hazards_above(), self._pane.by_machine
        if (len(above), machine) == self._told:
            return
        self._told = (len(above), machine)
        words = ", ".join(dict.fromkeys(box.word for box in above))
        warning = " " + _("▲ {signal_words} above: key w").format(signal_words=words) + " " if above else ""
        source = self._unsigned + (f"{_(MACHINE)} · " if machine else "") + self._source
        self.update(Content.assemble((warning, "bold reverse"), " " if above else "", source), layout=False)

    @on(Click)
    def _clicked(self) -> None:
        self._pane.action_warnings()


class TableHead(Wrapped):
    """The header of the table that is scrolled through, below the line at the top."""

    DEFAULT_CSS = """
    TableHead { layer: head; dock: top; margin: 1 0 0 0; display: none; background: $panel; }
    """

    def __init__(self, pane: SectionPane) -> None:
        super().__init__()
        self._pane = pane
        self._shown: list[Content] = []

    def tell(self) -> None:
        """See again which table that is."""
        top = self._pane.scroll_offset.y
        shown: list[Content] = []
        for table in self._pane.parts(Table):
            region = table.virtual_region
            header = table.header if region.y < top < region.bottom else []
            if header and top > region.y + table.line_of(0) and region.bottom - top > len(header) + 1:
                shown = header
        if shown != self._shown:
            self._shown = shown
            self.display = bool(shown)
            self.changed()

    def lines(self, width: int) -> list[Content]:  # noqa: ARG002 - as wide as the table
        """The lines of the header."""
        return self._shown
