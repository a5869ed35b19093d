from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from fieldfare import library, trust, updates
from fieldfare.cli import main
from fieldfare.errors import PackError, StorageError, UsageError
from fieldfare.pack import signing
from publishing import make_delta, make_pack, put, sign, trust_key

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.pack.signing import SecretKey


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return signing.new_key()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> Path:
    """What an author publishes: three versions of a pump's pack, the deltas between them, and packs of other machines."""
    folder = tmp_path_factory.mktemp("published")
    packs = {
        version: make_pack(folder, "pump", version, "CP200", 40 + i) for i, version in enumerate(("1.0", "1.1", "1.2"))
    }
    for pack in (*packs.values(), make_pack(folder, "spares", "1.0", "CP200"), make_pack(folder, "crane", "1.0", "K9")):
        sign(pack, key)
    make_delta(packs["1.0"], packs["1.1"], folder / "pump-1.0-1.1.fdelta")
    make_delta(packs["1.1"], packs["1.2"], folder / "pump-1.1-1.2.fdelta")
    return folder


@pytest.fixture
def device(published: Path, home: Path, tmp_path: Path, key: SecretKey) -> Path:
    """A device that trusts the author and has the first version."""
    trust_key(key, "Korvan", tmp_path)
    library.install(published / "pump-1.0.fpack")
    return home


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def update(stick: Path, *, everything: bool = False) -> tuple[list[str], str]:
    """The versions that were installed, and all that was said."""
    plan = updates.plan(stick, everything=everything)
    done, failed = updates.carry_out(plan)
    return [f"{pack.manifest.id} {pack.manifest.version}" for pack in done], "\n".join((*plan.skipped, *failed))


def installed() -> dict[str, str]:
    shelf = library.open_shelf()
    shelf.close()
    assert shelf.problems == ()
    return {pack.manifest.id: pack.manifest.version for pack in shelf.packs}


@pytest.mark.usefixtures("device")
def test_the_newest_version_is_taken_and_machines_that_are_not_covered_are_left(published: Path, stick: Path) -> None:
    for name in ("pump-1.1", "pump-1.2", "spares-1.0", "crane-1.0"):
        put(published / f"{name}.fpack", stick / "packs" / name)
    done, said = update(stick)
    assert done == ["pump 1.2", "spares 1.0"]
    assert "crane-1.0.fpack is for Korvan K9" in said
    assert updates.plan(stick).others
    assert not updates.plan(stick, everything=True).others
    assert update(stick, everything=True)[0] == ["crane 1.0"]
    assert installed() == {"pump": "1.2", "spares": "1.0", "crane": "1.0"}
    done, said = update(stick)
    assert done == []
    assert "installed already" in said


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("source", ["name", "signature", "key"])
def test_what_is_not_signed_by_a_trusted_key_is_left(published: Path, stick: Path, source: str) -> None:
    pack = put(published / "pump-1.1.fpack", stick, signed=source != "name")
    if source == "signature":
        pack.with_name(pack.name + ".minisig").write_text("nonsense")
    elif source == "key":
        sign(pack, signing.new_key())
    done, said = update(stick)
    assert done == []
    assert "pump-1.1.fpack" in said
    assert installed() == {"pump": "1.0"}


@pytest.mark.usefixtures("device")
def test_another_trusted_signer_does_not_take_over_a_pack(published: Path, stick: Path, tmp_path: Path) -> None:
    other = signing.new_key()
    trust_key(other, "Other", tmp_path)
    pack = put(published / "pump-1.1.fpack", stick)
    sign(pack, other)
    done, said = update(stick)
    assert done == []
    assert "signed by Other, the installed pump by Korvan" in said
    library.install(pack)
    assert installed() == {"pump": "1.1"}


@pytest.mark.usefixtures("device")
def test_deltas_are_taken_one_upon_the_other(published: Path, stick: Path) -> None:
    for name in ("pump-1.0-1.1.fdelta", "pump-1.1-1.2.fdelta"):
        shutil.copy(published / name, stick)
    plan = updates.plan(stick)
    assert [offer.file.name for offer in plan.steps[0].offers] == ["pump-1.0-1.1.fdelta", "pump-1.1-1.2.fdelta"]
    assert update(stick)[0] == ["pump 1.2"]
    assert installed() == {"pump": "1.2"}
    assert library.rollback("pump") == ("1.0", "1.2")
    assert "was rolled back from" in update(stick)[1]


@pytest.mark.usefixtures("device")
def test_a_delta_upon_what_is_not_here_says_so(published: Path, stick: Path) -> None:
    shutil.copy(published / "pump-1.1-1.2.fdelta", stick)
    done, said = update(stick)
    assert done == []
    assert "builds upon pump 1.1, which is neither on this device nor here" in said
    put(published / "pump-1.1.fpack", stick)
    assert update(stick)[0] == ["pump 1.2"], "a whole pack and a delta upon it"


@pytest.mark.usefixtures("device")
def test_the_way_that_reads_least_is_taken_and_the_whole_pack_where_it_fails(
    published: Path, stick: Path, device: Path
) -> None:
    put(published / "pump-1.1.fpack", stick)
    shutil.copy(published / "pump-1.0-1.1.fdelta", stick)
    assert [offer.file.suffix for offer in updates.plan(stick).steps[0].offers] == [".fdelta"]
    (base,) = (device / "packs").glob("pump-*/*.fpack")
    data = bytearray(base.read_bytes())
    data[-1] ^= 1
    base.write_bytes(data)
    done, said = update(stick)
    assert done == ["pump 1.1"]
    assert "does not give" in said
    assert installed() == {"pump": "1.1"}


@pytest.mark.usefixtures("device")
def test_one_damaged_pack_does_not_hold_up_the_others(published: Path, stick: Path) -> None:
    pack = put(published / "pump-1.1.fpack", stick)
    put(published / "spares-1.0.fpack", stick)
    pack.write_bytes(pack.read_bytes()[:-1])
    done, said = update(stick)
    assert done == ["spares 1.0"]
    assert "pump-1.1.fpack is not what its author signed" in said
    assert main(["update", str(stick)]) == 4
    assert installed() == {"pump": "1.0", "spares": "1.0"}


@pytest.mark.usefixtures("device")
def test_everything_is_verified_before_anything_changes(
    published: Path, stick: Path, device: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(published / "pump-1.1.fpack", stick)
    put(published / "spares-1.0.fpack", stick)
    receive = library.receive

    def pulled(scratch: Path, source: Path, *rest: object) -> library.Arrival:
        if source.name.startswith("spares"):
            raise StorageError("The stick is gone.")
        return receive(scratch, source, *rest)  # type: ignore[arg-type]

    before = sorted(device.rglob("*"))
    monkeypatch.setattr(library, "receive", pulled)
    with pytest.raises(StorageError):
        update(stick)
    assert sorted(device.rglob("*")) == before
    assert installed() == {"pump": "1.0"}


def test_a_stick_without_packs_and_no_stick_get_a_sentence(home: Path, stick: Path) -> None:
    with pytest.raises(UsageError, match="holds no packs"):
        updates.plan(stick)
    with pytest.raises(UsageError, match="is no folder"):
        updates.plan(stick / "missing")
    assert home.exists() is False


@pytest.mark.usefixtures("device")
def test_a_read_only_stick_is_read(published: Path, stick: Path) -> None:
    put(published / "pump-1.1.fpack", stick)
    for path in (*stick.iterdir(), stick):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert update(stick)[0] == ["pump 1.1"]
    stick.chmod(0o755)


@pytest.mark.usefixtures("device")
def test_the_command_says_what_it_did_and_what_it_left(
    published: Path, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(published / "pump-1.1.fpack", stick)
    put(published / "crane-1.0.fpack", stick)
    assert main(["update", str(stick), "--check"]) == 0
    assert "would install pump 1.1, signed by Korvan, from pump-1.1.fpack" in capsys.readouterr().out
    assert installed() == {"pump": "1.0"}
    assert main(["update", str(stick)]) == 0
    told = capsys.readouterr()
    assert "Pump pump (pump 1.1) is installed, signed by Korvan. 1.0 is kept." in told.out
    assert "skipped: crane-1.0.fpack" in told.err
    assert main(["update", str(stick)]) == 0
    assert "Nothing in" in capsys.readouterr().out
    assert main(["pack", "rollback", "pump"]) == 0
    assert "1.0 is used now. 1.1 is kept" in capsys.readouterr().out
    assert main(["pack", "remove", "pump"]) == 0
    assert installed() == {}


@pytest.mark.usefixtures("home")
def test_packs_of_a_key_that_is_not_trusted_are_no_success(
    published: Path, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(published / "pump-1.0.fpack", stick)
    log = tmp_path / "update.log"
    assert main(["update", str(stick), "--all", "--log", str(log)]) == PackError.exit_code
    told = capsys.readouterr()
    assert "does not trust" in told.err and "Nothing was installed" in told.err
    assert "newer than" not in told.out
    assert json.loads(log.read_text())["exit"] == PackError.exit_code


@pytest.mark.usefixtures("home")
def test_site_keys_are_trusted_and_not_removed(
    published: Path, stick: Path, tmp_path: Path, key: SecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "share"
    (shared / "keys").mkdir(parents=True)
    (shared / "keys" / "Works IT.pub").write_text(signing.write_public_key(key.public))
    monkeypatch.setenv("FIELDFARE_SHARE", str(shared))
    put(published / "pump-1.1.fpack", stick)
    assert update(stick, everything=True)[0] == ["pump 1.1"]
    assert installed() == {"pump": "1.1"}
    with pytest.raises(UsageError, match="You trust no key"):
        trust.distrust("Works IT")
