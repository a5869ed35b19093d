"""A figure of the manual in the text: caption and picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Resize
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.tui import terminal
from fieldfare.tui.messages import PictureLoaded, PictureWanted
from fieldfare.tui.translations import Translations
from fieldfare.tui.widgets.picture import BlockPicture, decode, fit, is_line_drawing
from fieldfare.tui.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from textual.app import ComposeResult


class FigureRow(Vertical, can_focus=True):
    """Caption and picture; Enter or a tap fills the screen with it.

    The room is kept from the start by the picture's known proportions and the `columns` that it will have: the text
    does not jump when the picture arrives, and a quote below it stays where it was scrolled to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enlarge", "Enlarge", show=False)]

    def __init__(
        self,
        *,
        caption: str,
        width: int,
        height: int,
        columns: int,
        load: Callable[[], bytes],
        id_: int = 0,
        translations: Translations | None = None,
    ) -> None:
        """`id_` is the figure's within its pack; the `translations` know its caption by what the manual has."""
        super().__init__(classes="row figure")
        self.figure = id_
        self.texts = frozenset([caption])
        self._source = caption
        self._translations = translations or Translations()
        self._hint = _("(Enter: large)")
        self._proportions = width, height
        self._load = load
        self._picture: Any = terminal.pixel_widget() if terminal.has_pixels() else BlockPicture()
        self._image: Image | None = None
        self._columns = columns

    @property
    def caption(self) -> str:
        """The caption as it is shown."""
        said = self._translations.of(self._source)
        return plain(said.text if said else self._source).strip() or _("Figure")

    def compose(self) -> ComposeResult:
        """The caption says how to see more, since small drawings of characters show little."""
        yield Static(self._below(), classes="caption", markup=False)
        yield self._picture

    def changed(self) -> None:
        """Show the caption again: its translation came, or goes."""
        for caption in self.query(".caption").results(Static):
            caption.update(self._below())

    def _below(self) -> Content:
        return Content.assemble((self.caption, "bold"), "  " + self._hint)

    def on_mount(self) -> None:
        """Keep the room and fetch the picture."""
        self._keep_room()
        if self._image is None:
            self._fetch()
        else:
            self._show(self._image)

    def take(self, other: FigureRow) -> None:
        """Show what the same figure has shown already: it is not decoded again."""
        self._image = other._image

    @work(thread=True, exit_on_error=False)
    def _fetch(self) -> None:
        try:
            image = decode(self._load())
        except Exception:  # noqa: BLE001 - whatever is wrong with a picture, the text beside it stays readable
            image = None
        self.post_message(PictureLoaded(image))

    @on(PictureLoaded)
    def _draw(self, message: PictureLoaded) -> None:
        message.stop()
        if message.image is None:
            self._hint = _("(the picture cannot be shown)")
            self.changed()
            self._picture.display = False
            return
        self._image = message.image
        self._show(message.image)

    def _show(self, image: Image) -> None:
        if isinstance(self._picture, BlockPicture):
            self._picture.fine = is_line_drawing(image)
            terminal.draw(self._picture, image)
        else:
            small = image.copy()
            small.thumbnail((1000, 800))
            terminal.draw(self._picture, small)

    @on(Resize)
    def _resized(self) -> None:
        self._columns = self.content_size.width
        self._keep_room()

    def _keep_room(self) -> None:
        cells = fit(*self._proportions, self._columns, max(6, self.screen.size.height * 6 // 10))
        self._picture.styles.width, self._picture.styles.height = cells.width, cells.height

    @on(Click)
    def action_enlarge(self) -> None:
        """Fill the screen with the picture."""
        if self._image is not None:
            self.post_message(PictureWanted(self.caption, self._image, figure=self.figure))
