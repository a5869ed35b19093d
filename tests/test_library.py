from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fieldfare import catalogue, library, paths, stock, trust
from fieldfare.cli import main
from fieldfare.errors import FieldfareError, PackError, SignatureError, StorageError, UsageError
from fieldfare.pack import signing
from publishing import make_pack, put, sign, trust_key

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.pack.signing import SecretKey


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return signing.new_key()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> Path:
    """Four signed versions of a pump's pack."""
    folder = tmp_path_factory.mktemp("published")
    for version in ("1.9", "1.10", "1.11", "2.0"):
        sign(make_pack(folder, "pump", version, "CP200", torque=40 + len(version)), key)
    return folder


@pytest.fixture
def trusting(home: Path, tmp_path: Path, key: SecretKey) -> Path:
    """A user who trusts the author."""
    trust_key(key, "Korvan", tmp_path)
    return home


def used() -> list[tuple[str, str, str]]:
    """Version, who answers for it and what is kept, of every pack."""
    shelf = library.open_shelf()
    shelf.close()
    assert shelf.problems == ()
    return [(pack.manifest.version, pack.signature, pack.kept) for pack in shelf.packs]


@pytest.mark.usefixtures("trusting")
def test_who_has_packs_open_sees_that_others_came(published: Path) -> None:
    shelf = library.open_shelf()
    assert shelf.is_current
    library.install(published / "pump-1.9.fpack")
    later = library.open_shelf()
    assert (shelf.is_current, later.is_current) == (False, True)
    library.remove("pump")
    assert not later.is_current
    for one in (shelf, later):
        one.close()


@pytest.mark.usefixtures("trusting")
def test_install_update_roll_back_forward_and_remove(published: Path, home: Path) -> None:
    catalogue.use("de")
    library.install(published / "pump-1.9.fpack")
    assert used() == [("1.9", "signed by Korvan", "")], "it is kept in no language"
    catalogue.use("en")
    with pytest.raises(UsageError, match="no older version"):
        library.rollback("pump")
    library.install(published / "pump-1.10.fpack")
    library.install(published / "pump-1.11.fpack")
    assert used() == [("1.11", "signed by Korvan", "1.10")]
    assert len(list((home / "packs").glob("pump-*"))) == 2, "one older version is kept"
    assert library.rollback("pump") == ("1.10", "1.11")
    assert used() == [("1.10", "signed by Korvan", "1.11")]
    assert library.rollback("pump") == ("1.11", "1.10")
    assert library.remove("pump") == ""
    assert used() == []
    assert list((home / "packs").glob("pump-*")) == []
    with pytest.raises(UsageError, match="not installed"):
        library.remove("pump")


@pytest.mark.usefixtures("trusting")
def test_what_was_rolled_back_to_is_kept_by_the_next_version(published: Path) -> None:
    for version in ("1.9", "1.10"):
        library.install(published / f"pump-{version}.fpack")
    library.rollback("pump")
    library.install(published / "pump-2.0.fpack")
    assert used() == [("2.0", "signed by Korvan", "1.9")]


@pytest.mark.usefixtures("trusting")
def test_a_downgrade_is_refused(published: Path, home: Path) -> None:
    library.install(published / "pump-1.10.fpack")
    before = sorted(home.rglob("*"))
    with pytest.raises(UsageError, match=r"1\.10 is installed and newer than 1\.9"):
        library.install(published / "pump-1.9.fpack")
    with pytest.raises(UsageError, match="newer"):
        library.install(published / "pump-1.9.fpack", unsigned=True)
    assert sorted(home.rglob("*")) == before


@pytest.mark.usefixtures("home")
def test_without_a_trusted_signature_the_user_must_insist(published: Path, tmp_path: Path, key: SecretKey) -> None:
    bare = put(published / "pump-1.9.fpack", tmp_path / "bare", signed=False)
    with pytest.raises(SignatureError, match=r"no signature beside it.*--unsigned"):
        library.install(bare)
    with pytest.raises(SignatureError, match=r"does not trust.*--unsigned"):
        library.install(published / "pump-1.9.fpack")
    assert library.install(published / "pump-1.9.fpack", unsigned=True).unsigned
    shelf = library.open_shelf()
    (archive,) = shelf.archives
    assert all(passage.unsigned for passage in archive.passages(range(1, 20)).values())
    assert archive.section(archive.passages([1])[1]).unsigned
    shelf.close()
    trust_key(key, "Korvan", tmp_path)
    library.install(published / "pump-1.9.fpack")
    assert used() == [("1.9", "signed by Korvan", "")], "the same version replaces the unsigned one"


@pytest.mark.usefixtures("trusting")
def test_packs_of_a_signer_who_is_trusted_no_longer_are_not_opened(published: Path) -> None:
    library.install(published / "pump-1.9.fpack")
    trust.distrust("Korvan")
    shelf = library.open_shelf()
    assert shelf.packs == ()
    assert "does not trust" in shelf.problems[0]


@pytest.mark.usefixtures("trusting")
def test_a_signature_for_another_pack_is_refused(published: Path, tmp_path: Path, key: SecretKey) -> None:
    pack = put(published / "pump-1.9.fpack", tmp_path / "stick")
    for field, value in (("id", "other"), ("version", "1.8"), ("sha256", "0" * 64)):
        fields = {"id": "pump", "version": "1.9", "sha256": trust.sha256(pack), field: value}
        beside = pack.with_name(pack.name + ".minisig")
        beside.write_text(str(signing.sign(pack, key, signing.Claim(**fields))))
        with pytest.raises(SignatureError, match="sign it again"):
            library.install(pack)
    assert used() == []


@pytest.mark.parametrize("data", [b"", b"no pack", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_what_is_no_pack_gets_a_sentence(tmp_path: Path, home: Path, data: bytes) -> None:
    file = tmp_path / "x.fpack"
    file.write_bytes(data)
    with pytest.raises(PackError, match=r"x\.fpack"):
        library.install(file, unsigned=True)
    assert not list(home.rglob("*.fpack"))


def test_truncated_packs_are_refused_or_read_to_their_end(pump_pack: Path, tmp_path: Path, home: Path) -> None:
    data = pump_pack.read_bytes()
    for part in range(10):
        file = tmp_path / "part.fpack"
        file.write_bytes(data[: len(data) * part // 10])
        try:
            library.install(file, unsigned=True)
        except FieldfareError:
            continue
        shelf = library.open_shelf()
        for archive in shelf.archives:
            with pytest.raises(PackError):
                archive.passages(range(1, 10_000))
        shelf.close()
    assert home.exists()


@pytest.mark.usefixtures("trusting")
def test_a_damaged_version_gives_way_to_the_one_before(published: Path, home: Path) -> None:
    for version in ("1.9", "1.10"):
        library.install(published / f"pump-{version}.fpack")
    (file,) = (home / "packs").glob("pump-1.10.*/*.fpack")
    data = bytearray(file.read_bytes())
    data[40_000] ^= 1
    file.write_bytes(data)
    shelf = library.open_shelf()
    shelf.close()
    assert [pack.manifest.version for pack in shelf.packs] == ["1.9"]
    assert "pump-1.10.fpack is not what its author signed" in shelf.problems[0]
    assert shelf.problems[0].endswith("Until then 1.9 is used.")
    library.install(published / "pump-1.10.fpack")
    assert used() == [("1.10", "signed by Korvan", "1.9")], "installing again repairs it"


@pytest.mark.usefixtures("trusting")
def test_a_version_that_is_damaged_is_not_rolled_back_to(published: Path, home: Path) -> None:
    for version in ("1.9", "1.10"):
        library.install(published / f"pump-{version}.fpack")
    (file,) = (home / "packs").glob("pump-1.9.*/*.fpack")
    file.write_bytes(b"")
    with pytest.raises(PackError, match=r"pump-1\.9\.fpack"):
        library.rollback("pump")
    assert used() == [("1.10", "signed by Korvan", "1.9")]


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("damage", [b"", b"pump 1.9 -\n", b"\xff\xfe", None])
def test_a_damaged_record_loses_no_pack(published: Path, home: Path, damage: bytes | None) -> None:
    for version in ("1.9", "1.10"):
        library.install(published / f"pump-{version}.fpack")
    record = home / "packs" / stock.RECORD
    if damage is None:
        record.unlink()
    else:
        record.write_bytes(damage)
    shelf = library.open_shelf()
    shelf.close()
    assert [(pack.manifest.version, pack.kept) for pack in shelf.packs] == [("1.10", "1.9")]
    assert bool(shelf.problems) is (damage is not None)
    library.install(published / "pump-2.0.fpack")
    assert used() == [("2.0", "signed by Korvan", "1.10")]


@pytest.mark.usefixtures("trusting")
def test_debris_goes_and_what_a_user_placed_stays(published: Path, home: Path) -> None:
    library.install(published / "pump-1.9.fpack")
    packs = home / "packs"
    for folder in (".incoming-abc", "pump-1.8.01234567", "gone-1.0.89abcdef"):
        (packs / folder).mkdir()
        (packs / folder / "x.fpack").write_bytes(b"x")
    (packs / ".active-xyz").write_bytes(b"x")
    (packs / "notes.txt").write_bytes(b"mine")
    (packs / "my-pack").mkdir()
    assert used() == [("1.9", "signed by Korvan", "")]
    names = {path.name for path in packs.iterdir()}
    assert len(names) == 5
    assert names > {".lock", "active", "notes.txt", "my-pack"}


def test_packs_that_it_placed_are_used_when_signed(trusting: Path, published: Path) -> None:
    packs = trusting / "packs"
    put(published / "pump-1.9.fpack", packs)
    assert used() == [("1.9", "signed by Korvan", "")]
    library.install(published / "pump-1.10.fpack")
    assert used() == [("1.10", "signed by Korvan", "1.9")]
    assert library.rollback("pump") == ("1.9", "1.10")
    library.install(published / "pump-1.11.fpack")
    library.install(published / "pump-2.0.fpack")
    assert used() == [("2.0", "signed by Korvan", "1.11")]
    assert not list(packs.glob("*.fpack")), "older versions go, however they came"
    put(published / "pump-1.9.fpack", packs, signed=False)
    library.remove("pump")
    assert used() == []


def test_what_came_with_the_program_is_used_kept_and_comes_back(
    trusting: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "share"
    monkeypatch.setattr(paths, "bundled_packs_dir", lambda: shared)
    trust.receipt_for(put(published / "pump-1.9.fpack", shared, signed=False))
    assert used() == [("1.9", "came with the program", "")]
    library.install(published / "pump-1.10.fpack")
    assert library.rollback("pump") == ("1.9", "1.10")
    assert used() == [("1.9", "came with the program", "1.10")]
    trust.receipt_for(put(published / "pump-2.0.fpack", shared, signed=False))
    assert used()[0][:2] == ("2.0", "came with the program"), "a newer program brings a newer pack"
    library.install(published / "pump-2.0.fpack")
    assert library.remove("pump") == "2.0"
    with pytest.raises(UsageError, match="came with the program"):
        library.remove("pump")
    assert trusting.exists()


@pytest.mark.usefixtures("trusting")
def test_only_one_process_changes_the_packs(published: Path) -> None:
    with stock.changing(), pytest.raises(UsageError, match="Another Fieldfare"):
        library.install(published / "pump-1.9.fpack")
    library.install(published / "pump-1.9.fpack")
    with stock.changing():
        assert used() == [("1.9", "signed by Korvan", "")], "reading goes on meanwhile"


def test_a_folder_that_cannot_be_written_gets_a_sentence(trusting: Path, published: Path) -> None:
    (trusting / "packs").write_text("in the way")
    with pytest.raises(StorageError, match="Nothing was changed"):
        library.install(published / "pump-1.9.fpack")


@pytest.mark.usefixtures("trusting")
def test_a_full_disk_gets_a_sentence_before_anything_is_copied(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.install(published / "pump-1.9.fpack")
    usage = library.shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(library.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="make space"):
        library.install(published / "pump-1.10.fpack")
    assert used() == [("1.9", "signed by Korvan", "")]


@pytest.mark.usefixtures("trusting")
def test_the_list_says_who_answers_for_a_pack(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_pack(tmp_path, "valve", "1.0")
    assert main(["pack", "install", str(published / "pump-1.9.fpack")]) == 0
    assert main(["pack", "install", "--unsigned", str(other)]) == 0
    assert "nobody answers" in capsys.readouterr().err
    assert main(["pack", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "signed by Korvan" in lines[0]
    assert "UNSIGNED" in lines[1]
    assert main(["pack", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["unsigned"] for one in listed] == [False, True]
    assert main(["pack", "trust", "list", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["Korvan"]
    assert main(["pack", "trust", "remove", "Korvan"]) == 0
    assert main(["pack", "list"]) == 4


@pytest.mark.usefixtures("trusting")
def test_insisting_does_not_pass_over_a_trusted_signature_that_fails(
    published: Path, home: Path, tmp_path: Path
) -> None:
    changed = put(published / "pump-1.9.fpack", tmp_path / "changed")
    data = bytearray(changed.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    with pytest.raises(SignatureError, match="is not what its author signed"):
        library.install(changed, unsigned=True)
    assert not list(home.rglob("*.fpack"))
    assert not library.install(published / "pump-1.9.fpack", unsigned=True).unsigned
