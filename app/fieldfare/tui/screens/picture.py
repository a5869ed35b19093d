"""One picture on the whole screen: whole, or closer and moved with the arrows; its neighbours; a copy of what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.tui import terminal
from fieldfare.tui.messages import PictureLoaded
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.picture import BlockPicture, decode, is_line_drawing, marked

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.app import ComposeResult

    from fieldfare.domain import Region
    from fieldfare.tui.album import Shot
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.messages import PictureWanted
    from fieldfare.tui.widgets.bars import Key

_ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
_CELL = 2
"""A cell is about twice as high as wide."""


class PictureScreen(Screen["Shot | None"]):
    """Zoom and pan: without them a terminal cannot show a wiring diagram. All of it works with arrows and Enter.

    Dismissed with the picture whose place in the text is wanted, or with nothing.
    """

    CSS = """
    PictureScreen > #picture-title { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss", "Back", show=False),
        Binding("plus,equals_sign", "zoom(1)", "Closer", show=False),
        Binding("minus,underscore", "zoom(-1)", "Farther", show=False),
        Binding("enter", "closer", "Closer", show=False),
        Binding("0", "whole", "Whole", show=False),
        Binding("w", "fit_width", "Width", show=False),
        Binding("r", "rotate", "Turn", show=False),
        Binding("m", "mode", "Dots", show=False),
        Binding("n", "leaf(1)", "Next", show=False),
        Binding("v", "leaf(-1)", "Previous", show=False),
        Binding("t", "text", "Text", show=False),
        Binding("s", "save", "Save", show=False),
        Binding("x", "view", "Viewer", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("left", "pan(-1, 0)", show=False),
        Binding("right", "pan(1, 0)", show=False),
        Binding("up", "pan(0, -1)", show=False),
        Binding("down", "pan(0, 1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        picture: Image | bytes | None,
        region: Region | None = None,
        *,
        desk: Desk | None = None,
        album: tuple[Shot, ...] = (),
        at: int = 0,
    ) -> None:
        """Of an `album` the picture `at` a place is shown; with a `desk` what is seen can be kept in the job."""
        super().__init__(id="picture")
        self._title = title
        self._region = region
        self._encoded = picture if isinstance(picture, bytes) else None
        self._image = None if isinstance(picture, bytes) else picture
        self._desk, self._album, self._at = desk, album, at
        self._drawing: Any = terminal.pixel_widget() if terminal.has_pixels() else BlockPicture()
        self._scale = 1.0  # 1 shows the whole picture
        self._turned = 0  # quarters
        self._said = ""
        self._centre = _middle(region)

    @classmethod
    def of(cls, desk: Desk, wanted: PictureWanted) -> PictureScreen:
        """The screen for what is wanted."""
        return cls(wanted.title, wanted.picture, wanted.region, desk=desk, album=wanted.album, at=wanted.at)

    def compose(self) -> ComposeResult:
        """The picture between its title and the keys."""
        yield Static(Content(self._title), id="picture-title", markup=False)
        with Center(id="canvas"):
            yield self._drawing
        yield KeyBar()

    def on_mount(self) -> None:
        """Decode a page, or draw the figure that is decoded already."""
        self.query_one(KeyBar).show(self._keys())
        if self._image is not None:
            self._loaded(PictureLoaded(self._image))
        elif self._encoded is not None or self._album:
            self._decode(self._encoded, self._shot)

    def _keys(self) -> tuple[Key, ...]:
        keys: tuple[Key, ...] = (
            ("escape", "Esc", _("Back")), ("plus", "+", _("Closer")), ("minus", "-", _("Farther")), ("down", "←↑↓→", _("Move")),
        )  # fmt: skip
        if len(self._album) > 1:
            keys += (("n", "n", _("Next")), ("v", "v", _("Previous")))
        keys += (("0", "0", _("Whole")), ("w", "w", _("Width")), ("r", "r", _("Turn")))
        if self._shot is not None and self._shot.spot is not None:
            keys += (("t", "t", _("Text")),)
        if isinstance(self._drawing, BlockPicture):
            keys += (("m", "m", _("Dots/colours")),)
        if self._desk is not None:
            keys += (("s", "s", _("Into the job")),)
        return (*keys, ("x", "x", _("Viewer")), ("f1", "F1", _("Help")))

    @property
    def _shot(self) -> Shot | None:
        return self._album[self._at] if self._album else None

    # Reading the picture.

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _decode(self, data: bytes | None, shot: Shot | None) -> None:
        try:
            encoded = data if data is not None else shot.load() if shot is not None else b""
            image: Image | None = decode(encoded)
        except Exception:  # noqa: BLE001 - whatever is wrong with a picture, its title says that it cannot be shown
            image = None
        self.post_message(PictureLoaded(image))

    @on(PictureLoaded)
    def _loaded(self, message: PictureLoaded) -> None:
        self._image = message.image
        if message.image is not None and isinstance(self._drawing, BlockPicture):
            self._drawing.fine = is_line_drawing(message.image)
        if self._image is not None and self._region is not None:
            self._image = marked(self._image, self._region)
        self._said = "" if message.image is not None else _("cannot be shown")
        self._draw()

    def action_leaf(self, step: int) -> None:
        """The next or previous picture of the manual."""
        if not 0 <= self._at + step < len(self._album):
            return
        self._at += step
        shot = self._album[self._at]
        self._title, self._region = shot.title, shot.region
        self._scale, self._turned, self._centre = 1.0, 0, _middle(shot.region)
        self._image, self._said = None, _("loading…")
        self._tell()
        self._decode(None, shot)

    # Drawing.

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._draw)

    def _tell(self) -> None:
        count = f"{self._at + 1}/{len(self._album)}  " if len(self._album) > 1 else ""
        zoom = f"  ×{self._scale:.3g}" if self._scale > 1 else ""
        said = f"  {self._said}" if self._said else ""
        self.query_one("#picture-title", Static).update(Content(count + self._title + zoom + said), layout=False)

    def _fitting(self, image: Image) -> float:
        """Cells of width to a pixel at which the whole picture is seen."""
        canvas = self.query_one("#canvas").size
        return min(canvas.width / image.width, canvas.height * _CELL / image.height)

    def _seen(self, image: Image) -> tuple[int, int, int, int]:
        """The part of the picture that is seen, in pixels: left, top, right, bottom."""
        canvas = self.query_one("#canvas").size
        scale = self._fitting(image) * self._scale
        box = []
        for axis, room in ((0, canvas.width), (1, canvas.height * _CELL)):
            size = image.size[axis]
            part = min(1.0, room / scale / size)
            if part < 1:  # where all is seen, the place to go closer to is kept
                self._centre[axis] = min(max(self._centre[axis], part / 2), 1 - part / 2)
            first = round((self._centre[axis] - part / 2 if part < 1 else 0.0) * size)
            box.append((first, min(size, first + max(1, round(part * size)))))
        return box[0][0], box[1][0], box[0][1], box[1][1]

    def _draw(self) -> None:
        canvas = self.query_one("#canvas").size
        if canvas.area:
            self._tell()
        if self._image is None or not canvas.area:
            return
        box = self._seen(self._image)
        scale = self._fitting(self._image) * self._scale
        piece = self._image.crop(box)
        if not isinstance(self._drawing, BlockPicture):
            piece.thumbnail((canvas.width * 12, canvas.height * 24))
        self._drawing.styles.width = min(canvas.width, max(1, round((box[2] - box[0]) * scale)))
        self._drawing.styles.height = min(canvas.height, max(1, round((box[3] - box[1]) * scale / _CELL)))
        self._drawing.image = piece

    def action_zoom(self, steps: int) -> None:
        """Closer or farther about the middle of what is seen."""
        nearer = [one for one in _ZOOMS if (one > self._scale + 0.01 if steps > 0 else one < self._scale - 0.01)]
        if nearer:
            self._scale = nearer[0] if steps > 0 else nearer[-1]
            self._draw()

    def action_closer(self) -> None:
        """Closer with Enter alone; after the closest comes the whole again."""
        if self._scale >= _ZOOMS[-1]:
            self._scale = 1.0
        else:
            self.action_zoom(1)
            self.action_zoom(1)
        self._draw()

    def action_whole(self) -> None:
        """The whole picture."""
        self._scale = 1.0
        self._draw()

    def action_fit_width(self) -> None:
        """As wide as the screen, from the top."""
        if self._image is not None:
            self._scale = max(
                1.0, self.query_one("#canvas").size.width / self._image.width / self._fitting(self._image)
            )
            self._centre = [0.5, 0.0]
            self._draw()

    def action_rotate(self) -> None:
        """A quarter clockwise: some diagrams stand upright on the page."""
        if self._image is not None:
            self._image = self._image.rotate(-90, expand=True)
            self._turned = (self._turned + 1) % 4
            self._centre = [1 - self._centre[1], self._centre[0]]
            self._draw()

    def action_mode(self) -> None:
        """Dots for lines and labels, colours for photographs."""
        if isinstance(self._drawing, BlockPicture):
            self._drawing.fine = not self._drawing.fine

    def action_pan(self, right: int, down: int) -> None:
        """Move by a quarter of what is seen."""
        if self._image is None:
            return
        box = self._seen(self._image)
        self._centre[0] += right * 0.25 * (box[2] - box[0]) / self._image.width
        self._centre[1] += down * 0.25 * (box[3] - box[1]) / self._image.height
        self._draw()

    def action_text(self) -> None:
        """To the place in the text."""
        if self._shot is not None and self._shot.spot is not None:
            self.dismiss(self._shot)


def _middle(region: Region | None) -> list[float]:
    """The first step closer goes to what was asked for."""
    return [0.5, 0.5] if region is None else [(region.left + region.right) / 2, (region.top + region.bottom) / 2]
