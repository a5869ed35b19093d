"""One picture on the whole screen: whole, or closer and moved with the arrows; its neighbours; a copy of what is seen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.domain import Region, reference
from fieldfare.errors import FieldfareError
from fieldfare.journal.attachments import checked
from fieldfare.text import squeeze
from fieldfare.tui import terminal
from fieldfare.tui.messages import PictureLoaded, Said
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.picture import BlockPicture, decode, draw_frame, is_line_drawing, marked
from fieldfare.viewer import view

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.app import ComposeResult

    from fieldfare.tui.album import Shot
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.messages import PictureWanted
    from fieldfare.tui.widgets.bars import Key

_ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
_CELL = 2
"""A cell is about twice as high as wide."""


class PictureScreen(Overlay["Shot | None"]):
    """Zoom and pan: without them a terminal cannot show a wiring diagram. All of it works with arrows and Enter.

    What is seen, or a frame in it, can be kept in the job as a picture, or opened in the viewer of this device.
    Dismissed with the picture whose place in the text is wanted, or with nothing.
    """

    ABOUT = "picture"
    CSS = """
    PictureScreen.-saying > #picture-title { height: auto; max-height: 4; text-wrap: wrap; text-overflow: fold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "leave", "Back", show=False),
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
        Binding("c", "crop", "Frame", show=False),
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
        super().__init__()
        self._title = title
        self._region = region
        self._encoded = picture if isinstance(picture, bytes) else None
        self._image = None if isinstance(picture, bytes) else picture
        self._desk, self._album, self._at = desk, album, at
        self._drawing: Any = terminal.pixel_widget() if terminal.has_pixels() else BlockPicture()
        self._scale = 1.0  # 1 shows the whole picture
        self._turned = 0  # quarters
        self._frame: float | None = None  # the share of what is seen that is framed
        self._said = ""
        self._centre = _middle(region)
        self._aim = [0.5, 0.5]  # the middle of the frame

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
            self._loaded(PictureLoaded(self._image, self._shot))
        elif self._encoded is not None or self._album:
            self._decode(self._encoded, self._shot)

    def action_leave(self) -> None:
        """Take the frame away, or back to the text."""
        if self._frame is not None:
            self.action_crop()
        else:
            self.dismiss(None)

    def _keys(self) -> tuple[Key, ...]:
        if self._frame is not None:
            keep: tuple[Key, ...] = (("s", "s", _("Into the job")),) if self._desk is not None else ()
            return (
                ("escape", "Esc", _("No frame")), ("enter", "Enter", _("Enlarge")), *keep, ("plus", "+ −", _("Size")),
                ("down", "←↑↓→", _("Move")), ("x", "x", _("Viewer")),
            )  # fmt: skip
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
            keys += (("c", "c", _("Frame")), ("s", "s", _("Into the job")))
        return (*keys, ("x", "x", _("Viewer")))

    @property
    def _shot(self) -> Shot | None:
        return self._album[self._at] if self._album else None

    # Reading the picture.

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _decode(self, data: bytes | None, shot: Shot | None) -> None:
        image: Image | None = None
        said = _("cannot be shown")
        try:
            encoded = data if data is not None else shot.load() if shot is not None else b""
            said, image = "", decode(encoded)
        except FieldfareError as error:
            said = squeeze(str(error))
        except Exception:  # noqa: BLE001, S110 - whatever is wrong with a picture, its title says that it cannot be shown
            pass
        self.post_message(PictureLoaded(image, shot, said))

    @on(PictureLoaded)
    def _loaded(self, message: PictureLoaded) -> None:
        if message.shot is not self._shot:
            return  # one leafed on meanwhile
        self._image = message.image
        if message.image is not None and isinstance(self._drawing, BlockPicture):
            self._drawing.fine = is_line_drawing(message.image)
        if self._image is not None and self._region is not None:
            self._image = marked(self._image, self._region)
        self._tell(message.said)
        self._draw()

    def action_leaf(self, step: int) -> None:
        """The next or previous picture of the manual."""
        if not 0 <= self._at + step < len(self._album):
            return
        self._at += step
        shot = self._album[self._at]
        self._title, self._region = shot.title, shot.region
        self._scale, self._turned, self._centre = 1.0, 0, _middle(shot.region)
        self._image, self._frame = None, None
        self._tell(_("loading…"))
        self._decode(None, shot)

    # Drawing.

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._draw)

    def _tell(self, said: str | None = None) -> None:
        """The title, where one is in the picture, and what is to be said."""
        self._said = self._said if said is None else said
        if bool(self._said) != self.has_class("-saying"):
            self.set_class(bool(self._said), "-saying")
            self.call_after_refresh(self._draw)
        count = f"{self._at + 1}/{len(self._album)}  " if len(self._album) > 1 else ""
        zoom = f"  ×{self._scale:.3g}" if self._scale > 1 else ""
        said = f"  {self._said}" if self._said else ""
        self.query_one("#picture-title", Static).update(Content(count + self._title + zoom + said))

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
        framed = None
        if self._frame is not None:
            inner = _within(self._framed(self._image), box)
            framed = Region(
                left=inner[0] / piece.width, top=inner[1] / piece.height,
                right=inner[2] / piece.width, bottom=inner[3] / piece.height,
            )  # fmt: skip
            if not (isinstance(self._drawing, BlockPicture) and self._drawing.fine):
                draw_frame(piece, inner, max(4, round(1 / scale)))
        if isinstance(self._drawing, BlockPicture):
            self._drawing.framed = framed
        if not isinstance(self._drawing, BlockPicture):
            piece.thumbnail((canvas.width * 12, canvas.height * 24))
        self._drawing.styles.width = min(canvas.width, max(1, round((box[2] - box[0]) * scale)))
        self._drawing.styles.height = min(canvas.height, max(1, round((box[3] - box[1]) * scale / _CELL)))
        terminal.draw(self._drawing, piece)

    def _framed(self, image: Image) -> tuple[int, int, int, int]:
        """The part of the picture that is framed, in pixels."""
        left, top, right, bottom = self._seen(image)
        share = self._frame or 1.0
        width, height = round((right - left) * share / 2), round((bottom - top) * share / 2)
        x = min(max(round(self._aim[0] * image.width), left + width), right - width)
        y = min(max(round(self._aim[1] * image.height), top + height), bottom - height)
        self._aim = [x / image.width, y / image.height]
        return x - width, y - height, x + width, y + height

    def action_zoom(self, steps: int) -> None:
        """Closer or farther about the middle of what is seen; a smaller or larger frame."""
        if self._frame is not None:
            self._frame = min(1.0, max(0.1, self._frame * (0.8 if steps > 0 else 1.25)))
            self._draw()
            return
        nearer = [one for one in _ZOOMS if (one > self._scale + 0.01 if steps > 0 else one < self._scale - 0.01)]
        if nearer:
            self._scale = nearer[0] if steps > 0 else nearer[-1]
            self._draw()

    def action_closer(self) -> None:
        """Closer with Enter alone; after the closest comes the whole again. What is framed fills the screen."""
        if self._frame is not None:
            self._scale, self._centre = min(_ZOOMS[-1], self._scale / self._frame), list(self._aim)
            self._frame = None
            self.query_one(KeyBar).show(self._keys())
            self._draw()
            return
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
        """Move by a quarter of what is seen, or the frame by a tenth."""
        if self._image is None:
            return
        box = self._seen(self._image)
        if self._frame is not None:
            self._aim[0] += right * 0.1 * (box[2] - box[0]) / self._image.width
            self._aim[1] += down * 0.1 * (box[3] - box[1]) / self._image.height
            self._draw()
            return
        self._centre[0] += right * 0.25 * (box[2] - box[0]) / self._image.width
        self._centre[1] += down * 0.25 * (box[3] - box[1]) / self._image.height
        self._draw()

    # A copy of what is seen.

    def action_crop(self) -> None:
        """A frame that is moved with the arrows and sized with + and -: Enter enlarges what is in it, s keeps it."""
        if self._image is None:
            return
        self._frame = None if self._frame is not None else 0.5
        box = self._seen(self._image)
        self._aim = [(box[0] + box[2]) / 2 / self._image.width, (box[1] + box[3]) / 2 / self._image.height]
        self._draw()
        self.query_one(KeyBar).show(self._keys())

    def _copy(self) -> tuple[Image, str] | None:
        """What is seen, or what is in the frame; and a name for it."""
        if self._image is None:
            return None
        image, whole = self._image, self._scale == 1.0 and self._frame is None
        piece = image if whole else image.crop(self._framed(image) if self._frame is not None else self._seen(image))
        name = self._shot.name if self._shot is not None else "figure"
        return piece, name if whole else f"{name}-part"

    def action_view(self) -> None:
        """The picture in the viewer of this device."""
        if (copy := self._copy()) is not None:
            self._tell(_("opening the viewer…"))
            self._open_viewer(*copy)

    @work(thread=True, exclusive=True, group="copy", exit_on_error=False)
    def _open_viewer(self, piece: Image, name: str) -> None:
        self.post_message(Said(view(_encoded(piece), name)))

    def action_save(self) -> None:
        """Keep what is seen in the job."""
        if self._desk is not None and (copy := self._copy()) is not None:
            self._tell(_("keeping it…"))
            self._save(self._desk, *copy, self._title, self._shot)

    @work(thread=True, exclusive=True, group="copy", exit_on_error=False)
    def _save(self, desk: Desk, piece: Image, name: str, title: str, shot: Shot | None) -> None:
        try:
            place = None
            if shot is not None and shot.spot is not None and shot.pack:
                passage = desk.assistant.bookshelf.opening(shot.pack, shot.spot.section)
                manifest = next(one.manifest for one in desk.assistant.packs if one.manifest.id == shot.pack)
                place = reference(passage, manifest, title)
            desk.journal.keep_file(checked(f"{name}.png", _encoded(piece)), caption=title, place=place)
            self.post_message(Said(_("Kept in the job.")))
        except FieldfareError as error:
            self.post_message(Said(str(error)))

    @on(Said)
    def _has_said(self, message: Said) -> None:
        message.stop()
        self._tell(squeeze(message.text))

    @on(MouseScrollUp)
    def _wheel_up(self) -> None:
        self.action_zoom(1)

    @on(MouseScrollDown)
    def _wheel_down(self) -> None:
        self.action_zoom(-1)

    @on(Click)
    def _tapped(self, event: Click) -> None:
        """Go closer to what was tapped."""
        if self._image is None:
            return
        place, (left, top, right, bottom) = self._drawing.region, self._seen(self._image)
        across = (event.screen_x + 0.5 - place.x) / max(1, place.width)
        down = (event.screen_y + 0.5 - place.y) / max(1, place.height)
        if 0 <= across <= 1 and 0 <= down <= 1:
            middle = [
                (left + across * (right - left)) / self._image.width,
                (top + down * (bottom - top)) / self._image.height,
            ]
            if self._frame is not None:
                self._aim = middle
                self._draw()
            else:
                self._centre = middle
                self.action_zoom(1)

    def action_text(self) -> None:
        """To the place in the text."""
        if self._shot is not None and self._shot.spot is not None:
            self.dismiss(self._shot)


def _encoded(piece: Image) -> bytes:
    """A picture as PNG, fast rather than small: who takes it encodes it anew or throws it away."""
    buffer = io.BytesIO()
    piece.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _within(box: tuple[int, int, int, int], seen: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A box of the picture in the pixels of the part that is seen."""
    return box[0] - seen[0], box[1] - seen[1], box[2] - seen[0], box[3] - seen[1]


def _middle(region: Region | None) -> list[float]:
    """The first step closer goes to what was asked for."""
    return [0.5, 0.5] if region is None else [(region.left + region.right) / 2, (region.top + region.bottom) / 2]
