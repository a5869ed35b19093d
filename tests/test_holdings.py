from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import holdings, library, offered, trust
from fieldfare.errors import FieldfareError, PackError, UsageError
from fieldfare.pack import signing
from fieldfare.pack.archive import Archive
from fieldfare.pack.comparison import Kind, compare
from publishing import make_delta, make_pack, put, quiet, sign

if TYPE_CHECKING:
    from fieldfare.pack.signing import SecretKey

GO = threading.Event()
PACKAGES = Path(__file__).parent / "packages"


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return signing.new_key()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> dict[str, Path]:
    """Two versions of a signed pack, and one that nobody signed."""
    folder = tmp_path_factory.mktemp("author")
    packs = {version: make_pack(folder, "pump", version, "P1", torque) for version, torque in (("1", 45), ("2", 50))}
    for pack in packs.values():
        sign(pack, key)
    return {**packs, "unsigned": make_pack(folder, "fan", "1", "F1")}


@pytest.fixture
def trusted(home: Path, key: SecretKey, tmp_path: Path) -> Path:
    """The author's key as a file; this device trusts it."""
    file = tmp_path / "Korvan.pub"
    file.write_text(signing.write_public_key(key.public))
    trust.trust(file)
    return file


def take(path: Path, **more: bool) -> holdings.Done:
    return offered.take(offered.look(path), quiet, GO, **more)


def test_a_signed_pack_is_proposed_taken_described_and_compared(made: dict[str, Path], trusted: Path) -> None:
    proposal = offered.look(made["1"])
    assert (proposal.sort, proposal.doubt) == (offered.Sort.PACK, "")
    assert "signed by Korvan" in proposal.steps[0]
    assert not holdings.stock().packs, "looking changes nothing"
    take(made["1"])
    take(made["2"])
    held = holdings.stock().packs[0]
    assert (held.pack.manifest.version, held.pack.kept, held.languages) == ("2", "1", ("en",))
    assert held.trusted_since > 0
    changed = holdings.compare("pump", quiet, GO)
    assert (changed.old, changed.new) == ("1", "2")
    assert [one.kind for one in changed.changes] == [Kind.CHANGED]
    assert "45 N·m" in "".join(changed.changes[0].went)
    assert "50 N·m" in "".join(changed.changes[0].came)
    assert "1 is used now" in holdings.roll_back("pump").said[0]
    assert holdings.compare("pump", quiet, GO).new == "2", "from the older to the newer, whichever is used"
    holdings.remove("pump")
    assert not holdings.stock().packs


def test_what_nobody_vouches_for_is_taken_only_where_one_insists(made: dict[str, Path], trusted: Path) -> None:
    proposal = offered.look(made["unsigned"])
    assert "no signature" in proposal.doubt
    assert "unsigned" in proposal.doubt
    with pytest.raises(PackError):
        offered.take(proposal, quiet, GO)
    offered.take(proposal, quiet, GO, insist=True)
    assert holdings.stock().packs[0].pack.unsigned


def test_a_stick_says_what_it_brings_and_what_it_leaves(made: dict[str, Path], trusted: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    put(made["1"], stick)
    put(made["unsigned"], stick, signed=False)
    first = offered.look(stick)
    assert len(first.steps) == 1, "a device without a pack takes what is offered"
    assert "no signature" in first.left[0]
    assert offered.take(first, quiet, GO).said == ("Pump pump 1 is installed.",)
    make_delta(made["1"], made["2"], stick / "pump.fdelta")
    assert "2" in take(stick).said[0]
    assert not offered.look(stick).steps
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match="holds no packs"):
        offered.look(empty)


def test_stopping_leaves_what_was(made: dict[str, Path], trusted: Path) -> None:
    take(made["1"])
    stop = threading.Event()

    def progress(_stage: str, _done: int, _total: int) -> None:
        stop.set()

    with pytest.raises(holdings.StoppedError):
        offered.take(offered.look(made["2"]), progress, stop)
    assert [one.pack.manifest.version for one in holdings.stock().packs] == ["1"]
    assert not [one for one in (library.paths.packs_dir()).iterdir() if one.name.startswith(".incoming")]


def test_a_key_is_taken_after_a_word_of_warning_and_given_up(
    made: dict[str, Path], home: Path, key: SecretKey, tmp_path: Path
) -> None:
    file = tmp_path / "Korvan.pub"
    file.write_text(signing.write_public_key(key.public))
    proposal = offered.look(file)
    assert str(key.public) in proposal.steps[0]
    assert "Compare" in proposal.doubt
    offered.take(proposal, quiet, GO, insist=True)
    take(made["1"])
    holdings.distrust(holdings.stock().keys[0])
    stock = holdings.stock()
    assert not stock.packs
    assert stock.problems


def test_a_language_package_that_nobody_vouches_for_is_taken_tried_and_removed(home: Path) -> None:
    file = PACKAGES / "translate-en_de-1_0.argosmodel"
    proposal = offered.look(file)
    assert "en → de" in proposal.steps[0]
    assert "Nobody vouches" in proposal.doubt
    assert not offered.look(PACKAGES).steps
    assert take(file, insist=True).said == ("en → de is installed.",)
    package = holdings.stock().languages[0]
    assert "45" in holdings.translate(package, "Tighten the screw to 45 N·m.")
    holdings.remove_language(package)
    assert not holdings.stock().languages


def test_no_file_of_another_kind_is_taken(home: Path, tmp_path: Path) -> None:
    manual = tmp_path / "manual.pdf"
    manual.write_bytes(b"%PDF-1.7")
    with pytest.raises(UsageError, match="no pack"):
        offered.look(manual)
    with pytest.raises(UsageError):
        offered.look(tmp_path / "gone.fpack")
    for name in ("broken.fdelta", "broken.argosmodel", "broken.pub"):
        (tmp_path / name).write_bytes(b"\0" * 40)
        with pytest.raises(FieldfareError):
            offered.look(tmp_path / name)


def test_a_manual_that_is_numbered_anew_says_the_same(tmp_path: Path) -> None:
    texts = (
        "# 1 Pump\n\n## 1.1 Oil\n\nDrain it.\n\n## 1.2 Notes\n\nNone.\n\n## 1.3 Gone\n\nOld text.\n",
        "# 2 Pump\n\n## 2.1 Safety\n\nStop it.\n\n## 2.2 Oil\n\nDrain it.\n\n## 2.3 Remarks\n\nNone.\n",
    )
    packs = []
    for number, text in enumerate(texts):
        folder = tmp_path / str(number)
        folder.mkdir()
        packs.append(Archive(build_of(folder, text, str(number + 1))))
    found = compare(packs[0], packs[1], lambda _done, _total: None)
    for one in packs:
        one.close()
    assert [(one.kind, one.heading[-1]) for one in found.changes] == [
        (Kind.ADDED, "2.1 Safety"),
        (Kind.REMOVED, "1.3 Gone"),
    ]
    assert found.same >= 2


def build_of(folder: Path, text: str, version: str) -> Path:
    from fieldfare.ingest.creator import build
    from fieldfare.ingest.sources import read_source

    (folder / "pack.toml").write_text(f'[pack]\nid = "pump"\nversion = "{version}"\ntitle = "Pump"\n')
    (folder / "manual.md").write_text(text)
    target = folder.with_suffix(".fpack")
    build(read_source(folder), target, None, quiet)
    return target
