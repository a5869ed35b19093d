"""One picture on the whole screen: whole, or closer and moved with the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from fieldfare.tui import terminal
from fieldfare.tui.messages import PictureLoaded
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.picture import BlockPicture, decode, is_line_drawing, marked

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.app import ComposeResult

    from fieldfare.domain import Region

_ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)


class PictureScreen(Screen[None]):
    """Zoom and pan: without them a terminal cannot show a wiring diagram. All of it works with arrows and Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss", "Back", show=False),
        Binding("plus,equals_sign", "zoom(1)", "Closer", show=False),
        Binding("minus,underscore", "zoom(-1)", "Farther", show=False),
        Binding("enter", "closer", "Closer", show=False),
        Binding("0", "whole", "Whole", show=False),
        Binding("m", "mode", "Dots", show=False),
        Binding("left", "pan(-1, 0)", show=False),
        Binding("right", "pan(1, 0)", show=False),
        Binding("up", "pan(0, -1)", show=False),
        Binding("down", "pan(0, 1)", show=False),
    ]

    def __init__(self, title: str, picture: Image | bytes, region: Region | None = None) -> None:
        super().__init__(id="picture")
        self._title = title
        self._region = region
        self._encoded = picture if isinstance(picture, bytes) else None
        self._image = None if isinstance(picture, bytes) else picture
        self._drawing: Any = terminal.pixel_widget() if terminal.has_pixels() else BlockPicture()
        self._zoom = 0
        self._centre = [0.5, 0.5]
        if region is not None:  # the first step closer goes to what was asked for
            self._centre = [(region.left + region.right) / 2, (region.top + region.bottom) / 2]

    def compose(self) -> ComposeResult:
        """The picture between its title and the keys."""
        yield Static(Content(self._title), id="picture-title", markup=False)
        with Center(id="canvas"):
            yield self._drawing
        yield KeyBar()

    def on_mount(self) -> None:
        """Decode a page, or draw the figure that is decoded already."""
        self.query_one(KeyBar).show(
            (("escape", "Esc", "Back"), ("plus", "+", "Closer"), ("minus", "-", "Farther"), ("down", "arrows", "Move"))
            + ((("m", "m", "Dots/colours"),) if isinstance(self._drawing, BlockPicture) else ())
            + (("0", "0", "Whole"),)
        )
        if self._encoded is not None:
            self._decode(self._encoded)
        elif self._image is not None:
            self._loaded(PictureLoaded(self._image))

    @work(thread=True, exit_on_error=False)
    def _decode(self, data: bytes) -> None:
        try:
            image = decode(data)
        except Exception:  # noqa: BLE001 - whatever is wrong with a picture, its title says that it cannot be shown
            image = None
        self.post_message(PictureLoaded(image))

    @on(PictureLoaded)
    def _loaded(self, message: PictureLoaded) -> None:
        self._image = message.image
        if message.image is None:
            self.query_one("#picture-title", Static).update(Content(f"{self._title}: cannot be shown"))
        elif isinstance(self._drawing, BlockPicture):
            self._drawing.fine = is_line_drawing(message.image)
        if self._image is not None and self._region is not None:
            self._image = marked(self._image, self._region)
        self._draw()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        canvas = self.query_one("#canvas").size
        if self._image is None or not canvas.area:
            return
        width, height = self._image.size
        scale = min(canvas.width / width, canvas.height * 2 / height) * _ZOOMS[self._zoom]
        part = min(1.0, canvas.width / scale / width), min(1.0, canvas.height * 2 / scale / height)
        for axis in (0, 1):
            if part[axis] < 1:  # where all is seen, the place to go closer to is kept
                self._centre[axis] = min(max(self._centre[axis], part[axis] / 2), 1 - part[axis] / 2)
        left, top = (self._centre[axis] - part[axis] / 2 if part[axis] < 1 else 0.0 for axis in (0, 1))
        x, y = round(left * width), round(top * height)
        piece = self._image.crop((x, y, x + max(1, round(part[0] * width)), y + max(1, round(part[1] * height))))
        if not isinstance(self._drawing, BlockPicture):
            piece.thumbnail((canvas.width * 10, canvas.height * 20))
        self._drawing.styles.width = max(1, round(part[0] * width * scale))
        self._drawing.styles.height = max(1, round(part[1] * height * scale / 2))
        self._drawing.image = piece
        zoom = f"  ×{_ZOOMS[self._zoom]:g}" if self._zoom else ""
        self.query_one("#picture-title", Static).update(Content(self._title + zoom), layout=False)

    def action_zoom(self, steps: int) -> None:
        """Closer or farther about the middle of what is seen."""
        self._zoom = min(max(self._zoom + steps, 0), len(_ZOOMS) - 1)
        self._draw()

    def action_closer(self) -> None:
        """Closer with Enter alone; after the closest comes the whole again."""
        self._zoom = 0 if self._zoom == len(_ZOOMS) - 1 else min(self._zoom + 2, len(_ZOOMS) - 1)
        self._draw()

    def action_whole(self) -> None:
        """The whole picture."""
        self._zoom = 0
        self._draw()

    def action_mode(self) -> None:
        """Dots for lines and labels, colours for photographs."""
        if isinstance(self._drawing, BlockPicture):
            self._drawing.fine = not self._drawing.fine

    def action_pan(self, right: int, down: int) -> None:
        """Move by a quarter of what is seen."""
        step = 0.25 / _ZOOMS[self._zoom]
        self._centre[0] += right * step
        self._centre[1] += down * step
        self._draw()
