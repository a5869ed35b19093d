from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import psutil
import pytest

from fieldfare import offered
from fieldfare.errors import FieldfareError
from fieldfare.library import require_pack
from fieldfare.preferences import Preferences
from fieldfare.tui.screens import files
from fieldfare.typed_paths import is_file, is_folder, typed_path

if TYPE_CHECKING:
    from collections.abc import Callable

NOWHERE = ("~nobody-of-that-name/x.jpg", "/" + "a" * 300, "/a\0b", "")


def test_a_path_is_taken_as_people_type_paste_and_drop_it(tmp_path: Path) -> None:
    file = tmp_path / "my plate.jpg"
    file.touch()
    assert typed_path(f" '{file}' ") == typed_path(f"file://{file}") == file
    assert typed_path("~/x") == Path.home() / "x"
    assert is_file(file) and not is_folder(file)
    assert is_folder(tmp_path) and not is_file(tmp_path)


@pytest.mark.parametrize("text", NOWHERE)
def test_what_cannot_be_is_not_there(text: str) -> None:
    assert not is_file(typed_path(text))
    if text:
        assert not is_folder(typed_path(text))


@pytest.mark.parametrize("text", NOWHERE[:2])
@pytest.mark.parametrize(
    "take", [lambda text: Preferences().let_write(text), lambda text: require_pack(typed_path(text))]
)
def test_a_path_that_cannot_be_is_a_sentence(text: str, take: Callable[[str], None]) -> None:
    with pytest.raises(FieldfareError, match=r"cannot be read|does not exist"):
        take(text)


def test_a_place_of_somebody_else_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign, own = tmp_path / "media" / "alice", tmp_path / "Downloads"
    for folder in (foreign, own):
        folder.mkdir(parents=True)
    (own / "plate.jpg").touch()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path) == foreign:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(platformdirs, "user_pictures_dir", lambda: str(foreign))
    monkeypatch.setattr(platformdirs, "user_downloads_dir", lambda: str(own))
    assert own / "plate.jpg" in [item.path for item in files._places(files.PICTURES)]


def test_a_stick_of_somebody_else_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        opts = "rw"

        def __init__(self, mountpoint: str) -> None:
            self.mountpoint = mountpoint

    own = tmp_path / "STICK"
    own.mkdir()
    foreign = "/media/" + "a" * 300  # the system will not say what it is
    monkeypatch.setattr(offered, "_DEVICES", ("/media", str(tmp_path)))
    monkeypatch.setattr(psutil, "disk_partitions", lambda: [Disk(foreign), Disk(str(own))])
    assert offered.places()[0] == own
