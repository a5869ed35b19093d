from __future__ import annotations

from pathlib import Path

import pytest

import tmux
from walks import WALKS, Walk

DOCS = Path(__file__).resolve().parents[1] / "docs"


@tmux.needed
@pytest.mark.slow
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.task)
def test_a_task_is_done_by_keys_alone(walk: Walk, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text("welcomed = true\n")
    with tmux.Terminal(home, size=(80, 24)) as terminal:
        terminal.until("Question,")
        for stroke in walk.strokes:
            if stroke.keys:
                terminal.press(*stroke.keys)
            if stroke.text:
                terminal.type(stroke.text)
            terminal.until(stroke.seen)


def test_the_guide_counts_the_keys_that_are_pressed() -> None:
    guide = (DOCS / "technicians.md").read_text(encoding="utf-8")
    for walk in WALKS:
        assert f"| {walk.task} | {walk.pressed} | {walk.typed} |" in guide
