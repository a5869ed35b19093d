"""The looks: dark, light for the sun, high contrast, red for the night, and sixteen colours for a console.

Text has a contrast of 7:1 or more to its ground in each (WCAG 2.2, level AAA; tests/tui/test_themes.py measures what is
drawn). Meaning never rests on a colour alone: a warning has its word, what is chosen has a bar.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from fieldfare.catalogue import N_

if TYPE_CHECKING:
    from PIL.Image import Image

LOOKS = {
    "dark": N_("Dark"),
    "sun": N_("Light, for the sun"),
    "contrast": N_("High contrast"),
    "night": N_("Red, for the night"),
    "console": N_("16 colours"),
}
"""The themes by name, in the order in which a key goes through them."""


def _theme(name: str, *, dark: bool, ink: str, ground: str, accent: str, **colours: str) -> Theme:
    """A theme: `ink` on `ground`, what stands out in `accent`; `colours` are the names that the style sheets know.

    Textual's own widgets get them too: the chosen option of a list, what is muted or disabled, the cursor.
    """
    own = {name.replace("_", "-"): value for name, value in colours.items()}
    variables = {
        "other": ink,
        "other-text": ground,
        **own,
        **dict.fromkeys(("text-muted", "text-disabled", "foreground-muted"), own["hint"]),
        **dict.fromkeys(_cursors("background"), own.get("cursor", accent)),
        **dict.fromkeys(_cursors("foreground"), own.get("cursor-text", ground)),
        "block-cursor-text-style": "none",
        **dict.fromkeys(("block-cursor-blurred-background", "block-hover-background"), own["chosen"]),
        "block-cursor-blurred-foreground": ink,
        "border": accent,
        "border-blurred": own["rule"],
        "ansi-background": ground,
        "ansi-foreground": ink,
    }
    return Theme(
        name=name, dark=dark, text_alpha=1.0, ansi=accent.startswith("ansi_"), foreground=ink, background=ground,
        primary=accent, secondary=accent, accent=accent, warning=accent, error=accent, success=accent,
        surface=own["surface"], panel=own["panel"], variables=variables,
    )  # fmt: skip


def _cursors(part: str) -> tuple[str, ...]:
    return tuple(f"{name}-{part}" for name in ("block-cursor", "input-cursor", "input-selection", "screen-selection"))


# Bands of signal words in the colours of ISO 3864 / ANSI Z535, the red and the blue darker than there so that white on
# them is read in the sun.
_BANDS = {
    "danger": "#B0001C", "danger_text": "#FFFFFF", "danger_edge": "#E0304A",
    "warned": "#FF8200", "warned_text": "#000000", "warned_edge": "#FF8200",
    "caution": "#FFD100", "caution_text": "#000000", "caution_edge": "#FFD100",
    "notice": "#0050B0", "notice_text": "#FFFFFF", "notice_edge": "#2F80E0",
}  # fmt: skip

_RED, _DEEP = "#FF6C50", "#1A0000"  # the dimmest red that is read on black at 7:1; hue 10°
_PLAIN_BAND = {
    f"{word}{part}": colour
    for word in ("warned", "caution", "notice")
    for part, colour in (("", _DEEP), ("_text", _RED), ("_edge", _RED))
}

THEMES = (
    _theme(
        "dark", dark=True, ink="#FFFFFF", ground="#000000", accent="#FFD75F", surface="#1C1C1C", panel="#303030",
        bar="#303030", bar_text="#FFFFFF", key="#FFFFFF", key_text="#303030", chosen="#333300", rule="#8A8A8A",
        cited="#4A3B00", hint="#BEBEBE", **_BANDS,
    ),
    _theme(
        "sun", dark=False, ink="#000000", ground="#FFFFFF", accent="#00308F", surface="#EFEFEF", panel="#D8D8D8",
        bar="#00205F", bar_text="#FFFFFF", key="#FFFFFF", key_text="#00205F", chosen="#DCE6FF", rule="#555555",
        cited="#FFF0A0", hint="#404040",
        **{**_BANDS, "danger_edge": "#B0001C", "warned_edge": "#B85C00", "caution_edge": "#8A7000", "notice_edge": "#0050B0"},
    ),
    _theme(
        "contrast", dark=True, ink="#FFFFFF", ground="#000000", accent="#FFFF00", surface="#000000", panel="#000000",
        bar="#FFFFFF", bar_text="#000000", key="#000000", key_text="#FFFF00", chosen="#000080", rule="#FFFFFF",
        cited="#000080", hint="#FFFFFF", **_BANDS,
    ),
    _theme(
        "night", dark=True, ink=_RED, ground="#000000", accent=_RED, surface=_DEEP, panel=_DEEP, bar=_DEEP, bar_text=_RED,
        key=_RED, key_text="#000000", chosen=_DEEP, rule="#B03020", cited=_DEEP, hint=_RED,
        danger=_RED, danger_text="#000000", danger_edge=_RED, **_PLAIN_BAND,
    ),
    # The Linux console has eight grounds, and what is bold and reversed is dark grey there: both are avoided.
    _theme(
        "console", dark=True, ink="ansi_bright_white", ground="ansi_black", accent="ansi_bright_yellow",
        surface="ansi_black", panel="ansi_blue", bar="ansi_blue", bar_text="ansi_bright_white", key="ansi_white",
        key_text="ansi_black", chosen="ansi_blue", rule="ansi_white", cited="ansi_blue", hint="ansi_white",
        danger="ansi_red", danger_text="ansi_bright_white", danger_edge="ansi_bright_red",
        warned="ansi_red", warned_text="ansi_bright_yellow", warned_edge="ansi_bright_yellow",
        caution="ansi_black", caution_text="ansi_bright_yellow", caution_edge="ansi_bright_yellow",
        notice="ansi_blue", notice_text="ansi_bright_white", notice_edge="ansi_bright_blue",
        other="ansi_black", other_text="ansi_bright_white", cursor="ansi_white", cursor_text="ansi_black",
    ),
)  # fmt: skip


def first_theme(chosen: str, *, colours: str | None) -> str:
    """The theme to begin with: the `chosen` one where the terminal has the colours for it.

    `colours` is what Rich finds out about the terminal: `standard`, `256`, `truecolor`, …; None for none.
    """
    if colours not in {"256", "truecolor"}:
        return "console"
    return chosen if chosen in LOOKS else "dark"


def reddened(image: Image) -> Image:
    """A picture in the reds of the night, for terminals that draw its pixels themselves."""
    from PIL import ImageOps

    return ImageOps.colorize(image.convert("L"), black="#000000", white=_RED)


class RedOnly(LineFilter):
    """Whatever is not red becomes a red of its brightness: pictures and marks spare eyes that are used to the dark."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same text in red."""
        return [
            Segment(text, style if style is None else _reddened(style), control) for text, style, control in segments
        ]


@lru_cache(4096)
def _reddened(style: Style) -> Style:
    colours = [one and _red(Color.from_rich_color(one)).rich_color for one in (style.color, style.bgcolor)]
    return style + Style.from_color(*colours)


def _red(colour: Color) -> Color:
    """A colour of hue 10° or less stays; another becomes the part of the ink that it is bright."""
    red, green, blue = colour.rgb
    if green <= red * 0.45 and blue <= green:
        return colour
    return Color.parse("#000000").blend(Color.parse(_RED), colour.brightness)
