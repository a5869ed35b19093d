"""Two themes of high contrast: dark for a plant room, light for the sun. Meaning never rests on a colour alone."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="fieldfare-dark",
    primary="#FFD75F",
    secondary="#9FD7FF",
    accent="#FFD75F",
    warning="#FF9E3D",
    error="#FF6B6B",
    success="#87D787",
    foreground="#FFFFFF",
    background="#000000",
    surface="#1C1C1C",
    panel="#303030",
    dark=True,
    text_alpha=1.0,
    variables={"bar": "#303030", "bar-text": "#FFFFFF", "chosen": "#3A3A00", "rule": "#8A8A8A", "cited": "#4A3B00"},
)

SUN = Theme(
    name="fieldfare-sun",
    primary="#00308F",
    secondary="#00308F",
    accent="#00308F",
    warning="#8A3B00",
    error="#A00000",
    success="#005F00",
    foreground="#000000",
    background="#FFFFFF",
    surface="#EFEFEF",
    panel="#D8D8D8",
    dark=False,
    text_alpha=1.0,
    variables={"bar": "#00205F", "bar-text": "#FFFFFF", "chosen": "#DCE6FF", "rule": "#555555", "cited": "#FFF0A0"},
)

THEMES = (DARK, SUN)
"""In the order in which a key goes through them."""
