from __future__ import annotations

import json
import shutil
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import doctor, paths, stock, trust
from fieldfare.cli import main
from fieldfare.errors import ModelError, SignatureError, StorageError, UsageError
from fieldfare.pack import signing
from fieldfare.translation import installation, packages, vouching
from fieldfare.translation.engine import Engine
from languages import write_package
from publishing import trust_key

if TYPE_CHECKING:
    from collections.abc import Callable

TRAINED = Path(__file__).parent / "packages"  # what scripts/train/translator.py wrote
SWEDISH = {"Mutter": ("mutter",), "anziehen": ("dra",), "auf": ("till",), "die": ("den",)}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("packages") / "translate-en_de-1_0.argosmodel")


@pytest.fixture(scope="module")
def swedish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("packages") / "translate-de_sv-1_0.argosmodel", "de", "sv", SWEDISH)


@pytest.fixture(autouse=True)
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A device without any language package; the folder of what came with its program."""
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDFARE_SHARE", str(tmp_path / "share"))
    return tmp_path / "share"


def changed(package: Path, target: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """The package with other members; their names are those inside its folder."""
    with zipfile.ZipFile(package) as archive:
        top = archive.namelist()[0].split("/")[0]
        members = {name.partition("/")[2]: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in change(members).items():
            archive.writestr(name.removeprefix("!") if name.startswith("!") else f"{top}/{name}", data)
    return target


def installed_names() -> list[str]:
    parent = paths.languages_dir()
    return sorted(one.name for one in parent.iterdir() if one.name != ".lock") if parent.is_dir() else []


def test_a_package_is_taken_only_if_somebody_vouches_for_it(german: Path) -> None:
    with pytest.raises(SignatureError, match=r"Nobody vouches .*--sha256 DIGEST.*--unverified"):
        installation.install(german)
    assert installed_names() == []
    with pytest.raises(SignatureError, match="is not the file that was named"):
        installation.install(german, sha256="0" * 64)
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        installation.install(german, sha256="abc")
    assert installed_names() == []
    package = installation.install(german, sha256=trust.sha256(german).upper())
    assert (package.pair, package.version, package.vouched) == (("en", "de"), "1.0", "pinned")
    assert installation.install(german, unverified=True).vouched == "unverified"
    assert len(installed_names()) == 1


def test_a_signature_by_a_trusted_key_vouches_and_a_false_one_refuses_even_with_insistence(
    german: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(german, tmp_path))
    key = signing.new_key()
    # As minisign itself signs: its trusted comment names no pack.
    beside = file.with_name(file.name + signing.SUFFIX)
    beside.write_text(str(signing.sign(file, key, "made by IT")))  # type: ignore[arg-type]
    with pytest.raises(SignatureError, match="does not trust"):
        installation.install(file, unverified=True)
    trust_key(key, "IT", tmp_path)
    assert installation.install(file).vouched == "signed by IT"
    with file.open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(SignatureError, match="is not what its author signed"):
        installation.install(file, unverified=True)


def test_a_list_vouches_that_came_with_the_program_or_is_signed(german: Path, tmp_path: Path, device: Path) -> None:
    entry = str(installation.pin(german))
    assert 'from = "en"' in entry and trust.sha256(german) in entry and str(german.stat().st_size) in entry
    stick = tmp_path / "stick"
    stick.mkdir()
    file = Path(shutil.copy(german, stick))
    (stick / vouching.LIST).write_text(entry)
    with pytest.raises(SignatureError, match="Nobody vouches"):
        installation.install(file)
    key = signing.new_key()
    signed = signing.sign(stick / vouching.LIST, key, "list")  # type: ignore[arg-type]
    (stick / f"{vouching.LIST}.minisig").write_text(str(signed))
    trust_key(key, "IT", tmp_path)
    assert installation.install(file).vouched == "listed"
    (device / "languages").mkdir(parents=True)
    shutil.copy(stick / vouching.LIST, device / "languages")
    assert vouching.vouch(german)[1] == "listed"
    (device / "languages" / vouching.LIST).write_text("[[packages]]\nfrom = 1")
    with pytest.raises(UsageError, match="is no list of packages"):
        vouching.vouch(german)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: {k: v for k, v in one.items() if k != "metadata.json"}, "metadata.json is missing"),
        (lambda one: {k: v for k, v in one.items() if k != "model/model.bin"}, "model/model.bin is missing"),
        (lambda one: {k: v for k, v in one.items() if k != "sentencepiece.model"}, "neither sentencepiece.model nor bpe.model"),
        (lambda one: {k: v for k, v in one.items() if not k.endswith("vocabulary.json")}, "cannot be read by this version"),
        (lambda one: one | {"metadata.json": b"[1"}, "metadata.json cannot be read"),
        (lambda one: one | {"metadata.json": b"[" * 100_000}, "metadata.json cannot be read"),
        (lambda one: one | {"metadata.json": b'{"from_code": "../x", "to_code": "de"}'}, "no two languages"),
        (lambda one: one | {"metadata.json": b'{"from_code": "en", "to_code": "en"}'}, "no two languages"),
        (lambda one: one | {"metadata.json": b'{"from_code": "en", "to_code": "de", "package_version": "1/2"}'}, "no two languages"),
        (lambda one: one | {"metadata.json": b'{"type": "sbd", "from_code": "en", "to_code": "de"}'}, "holds no translation"),
        (lambda one: one | {"model/model.bin": b"\x63\0\0\0" + one["model/model.bin"][4:]}, "cannot be read by this version"),
        (lambda one: one | {"model/model.bin": one["model/model.bin"][:5000]}, "cannot be read by this version"),
        (lambda one: one | {"model/model.bin": b""}, "cannot be read by this version"),
        (lambda one: one | {"sentencepiece.model": b"no pieces"}, "cannot be read by this version"),
        (lambda one: one | {"!other/metadata.json": b"{}"}, "holds no single folder"),
        (lambda one: one | {"!loose.txt": b"x"}, "holds no single folder"),
        (lambda one: one | {"../../escaped": b"x"}, "leads out of it"),
        (lambda one: one | {"!/etc/x": b"x"}, "leads out of it"),
        (lambda one: one | {"model/model.bin": bytes(50 << 20)}, "200 times its size"),
        (lambda one: one | {"metadata.json": b" " * (2 << 20)}, "is larger than 1 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_sound_package_is_refused_with_a_sentence_and_leaves_nothing(
    german: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]], told: str
) -> None:
    file = changed(german, tmp_path / "x.argosmodel", change)
    kept = installation.install(german, unverified=True)
    with pytest.raises(ModelError, match=told):
        installation.install(file, unverified=True)
    assert installed_names() == [kept.folder.name]
    assert packages.installed() == ((kept,), ())
    assert not (tmp_path / "escaped").exists()


def test_links_and_cut_or_foreign_files_are_refused(german: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.argosmodel"
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("top/metadata.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    cut = tmp_path / "cut.argosmodel"
    cut.write_bytes(german.read_bytes()[:-500])
    foreign = tmp_path / "foreign.argosmodel"
    foreign.write_bytes(b"SQLite format 3\0" * 100)
    for file, told in ((link, "is a link"), (cut, "no intact container"), (foreign, "no intact container")):
        with pytest.raises(ModelError, match=told):
            installation.install(file, unverified=True)
    flipped = bytearray(german.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    cut.write_bytes(flipped)
    with pytest.raises(ModelError):
        installation.install(cut, unverified=True)
    assert installed_names() == []


def test_only_what_the_engine_needs_is_unpacked(german: Path, tmp_path: Path) -> None:
    beside = {
        "stanza/en/tokenize/ewt.pt": b"pickle",
        "model/evil.so": b"x",
        "README.md": b"About",
        "minisbd/en.onnx": b"x",
    }
    package = installation.install(
        changed(german, tmp_path / "x.argosmodel", lambda one: one | beside), unverified=True
    )
    found = {str(one.relative_to(package.folder)) for one in package.folder.rglob("*") if one.is_file()}
    assert found == {"README.md", "metadata.json", "package.json", "sentencepiece.model", "model/config.json",
                     "model/model.bin", "model/shared_vocabulary.json"}  # fmt: skip


def test_a_newer_version_replaces_the_older_whole_or_not_at_all(
    german: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = installation.install(german, unverified=True)
    newer = write_package(tmp_path / "newer.argosmodel", version="1.10")

    def cut_power(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as cut:
        cut.setattr(Path, "rename", cut_power)
        with pytest.raises(StorageError, match="Nothing was changed"):
            installation.install(newer, unverified=True)
    assert packages.installed() == ((first,), ())
    (paths.languages_dir() / ".incoming-old").mkdir()  # as a power cut leaves it
    second = installation.install(newer, unverified=True)
    assert second.version == "1.10"
    assert packages.installed() == ((second,), ())
    assert installed_names() == [second.folder.name]


def test_of_two_versions_that_a_power_cut_left_the_newer_is_used(german: Path) -> None:
    first = installation.install(german, unverified=True)
    other = first.folder.with_name("en_de-1.9.00000000")
    shutil.copytree(first.folder, other)
    record = json.loads((other / packages.RECORD).read_text()) | {"version": "1.9"}
    (other / packages.RECORD).write_text(json.dumps(record))
    assert [one.version for one in packages.installed()[0]] == ["1.9"]
    assert installation.install(german, unverified=True).version == "1.0"
    assert [one.version for one in packages.installed()[0]] == ["1.0"]


def test_what_is_unpacked_is_what_was_vouched_for(
    german: Path, swedish: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copy(german, tmp_path))
    plain = trust.signer_of_file

    def exchange(one: Path) -> trust.TrustedKey | None:
        shutil.copy(swedish, file)  # between the look and the unpacking
        return plain(one)

    monkeypatch.setattr(trust, "signer_of_file", exchange)
    with pytest.raises(SignatureError, match="changed while it was read"):
        installation.install(file, sha256=trust.sha256(german))
    assert installed_names() == []


def test_two_processes_do_not_change_the_packages_at_once(german: Path) -> None:
    paths.languages_dir().mkdir(parents=True)
    with stock.alone(paths.languages_dir(), "language packages"), pytest.raises(UsageError, match="Another Fieldfare"):
        installation.install(german, unverified=True)


@pytest.mark.parametrize("name", ["model/model.bin", "sentencepiece.model", "model/config.json"])
def test_a_changed_file_of_an_installed_package_is_noticed_before_it_is_read(
    german: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = installation.install(german, unverified=True)
    assert [one.finding for one in doctor.examine() if one.check == "language"] == [
        "en → de 1.0, unverified, unchanged since it was installed"
    ]
    file = package.folder / name
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert [one.ok for one in doctor.examine() if one.check == "language"] == [False]
    with pytest.raises(ModelError, match=r"en → de is damaged.*Install it again"):
        list(Engine([package]).translate(["Check the nut."], "en", "de"))


def test_a_damaged_record_is_a_problem_and_no_package(german: Path, swedish: Path) -> None:
    package = installation.install(german, unverified=True)
    other = installation.install(swedish, unverified=True)
    (package.folder / packages.RECORD).write_text("{")
    found, problems = packages.installed()
    assert found == (other,)
    assert len(problems) == 1 and "en → de is damaged" in problems[0]
    assert not installation.remove("en", "de")
    assert packages.installed() == ((other,), ())


def test_what_came_with_the_program_is_used_unless_the_user_has_a_newer_one(
    german: Path, tmp_path: Path, device: Path
) -> None:
    mine = installation.install(german, unverified=True)
    shutil.copytree(paths.languages_dir(), device / "languages")
    installation.remove("en", "de")
    (theirs,) = packages.installed()[0]
    assert theirs.bundled
    with pytest.raises(UsageError, match="came with the program and cannot be removed"):
        installation.remove("en", "de")
    with pytest.raises(UsageError, match="is not installed"):
        installation.remove("en", "fr")
    newer = installation.install(write_package(tmp_path / "2.argosmodel", version="1.1"), unverified=True)
    assert packages.installed()[0] == (newer,)
    assert installation.remove("en", "de")
    assert packages.installed()[0] == (theirs,)
    assert mine.sha256 == theirs.sha256


def test_a_way_leads_over_a_third_language_and_says_so(german: Path, swedish: Path, tmp_path: Path) -> None:
    first, second = (installation.install(one, unverified=True) for one in (german, swedish))
    route = packages.required_route((first, second), "en", "sv")
    assert str(route) == "en → de → sv" and not route.direct
    assert str(packages.required_route((first, second), "en-GB", "de-AT")) == "en → de"
    assert packages.find_route((first, second), "sv", "en") is None
    with pytest.raises(UsageError, match=r"from Swedish to English\. Installed are en → de, de → sv\. .*F7"):
        packages.required_route((first, second), "sv", "en")
    with pytest.raises(UsageError, match=r"from English to xx\. Take one in: F7"):
        packages.required_route((), "en", "xx")
    with pytest.raises(UsageError, match="same language"):
        packages.required_route((first,), "en", "en")
    direct = installation.install(
        write_package(tmp_path / "x.argosmodel", "en", "sv", {"nut": ("mutter",)}), unverified=True
    )
    known = packages.installed()[0]
    assert packages.required_route(known, "en", "sv").packages == (direct,)
    assert route.digest != packages.required_route(known, "en", "sv").digest


def test_the_trained_packages_go_the_whole_way(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (device / "languages").mkdir(parents=True)
    shutil.copy(TRAINED / vouching.LIST, device / "languages")
    assert main(["lang", "install", str(TRAINED)]) == 0
    known, problems = packages.installed()
    assert [(str(one), one.vouched) for one in known] == [("de → en", "listed"), ("en → de", "listed")]
    assert problems == ()
    capsys.readouterr()
    assert main(["lang", "test", "en-de", "Tighten the nut to 45 N·m.\n- Wait 5 minutes."]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Ziehen Sie") and second
    assert main(["lang", "test", "de-en", "Warten Sie 5 Minuten. Siehe Seite 7."]) == 0
    assert capsys.readouterr().out.startswith("Wait")


def test_the_commands_install_list_try_and_remove(
    german: Path, swedish: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    (stick / "languages").mkdir(parents=True)
    shutil.copy(german, stick)
    shutil.copy(swedish, stick / "languages")
    assert main(["lang", "list"]) == 0
    assert "No language package is installed" in capsys.readouterr().out
    assert main(["lang", "install", str(stick)]) == SignatureError.exit_code
    assert capsys.readouterr().err.count("Nobody vouches") == 2
    assert main(["lang", "install", str(stick), "--unverified"]) == 0
    out, err = capsys.readouterr()
    assert "en → de 1.0 is installed" in out and "de → sv" in out and "tampered" in err
    assert main(["lang", "install", str(stick), "--sha256", "0" * 64]) == UsageError.exit_code
    assert "Name the file" in capsys.readouterr().err
    assert main(["lang", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(one["from"], one["to"], one["vouched"]) for one in rows] == [
        ("de", "sv", "unverified"),
        ("en", "de", "unverified"),
    ]
    assert main(["lang", "test", "en-de", "Open the cover.\n\n  Tighten the nut to 45 Nm. "]) == 0
    assert capsys.readouterr().out == "Öffnen die Abdeckung.\n\n  Anziehen die Mutter auf 45 Nm. \n"
    assert main(["lang", "test", "--json", "en_sv", "Tighten the nut"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["translation"] == "Dra den mutter" and json.loads(out)["route"] == "en → de → sv"
    assert "the way is en → de → sv" in err
    assert main(["lang", "test"]) == 0
    assert capsys.readouterr().out.count("ok  ") == 2
    assert main(["lang", "test", "sv-en", "hej"]) == UsageError.exit_code
    assert main(["lang", "test", "deutsch", "hej"]) == UsageError.exit_code
    assert "names no two languages" in capsys.readouterr().err
    assert main(["lang", "pin", str(german)]) == 0
    assert trust.sha256(german) in capsys.readouterr().out
    assert main(["lang", "remove", "en-de"]) == 0
    assert main(["lang", "remove", "en-de"]) == UsageError.exit_code
    assert [one.pair for one in packages.installed()[0]] == [("de", "sv")]
    assert main(["lang", "install", str(tmp_path / "none")]) == UsageError.exit_code
    (tmp_path / "empty").mkdir()
    assert main(["lang", "install", str(tmp_path / "empty")]) == UsageError.exit_code
    assert "holds no .argosmodel file" in capsys.readouterr().err
