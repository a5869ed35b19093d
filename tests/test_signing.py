from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from fieldfare import library, trust
from fieldfare.cli import main
from fieldfare.errors import PackError, SignatureError, UsageError
from fieldfare.pack import delta, signing
from fieldfare.pack.signing import Claim, SecretKey
from publishing import make_delta, make_pack, put, sign, trust_key
from test_cli import fieldfare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINISIGN = shutil.which("minisign")
with_minisign = pytest.mark.skipif(not MINISIGN, reason="needs minisign (Debian: apt install minisign)")
CLAIM = Claim(id="pump", version="1.0", sha256="0" * 64, machines=("Korvan CP200", "Korvan  CP;300"))
CHEAP = {"ops": 32_768, "memory": 16 << 20}  # scrypt limits at which a test does not wait


def minisign(*arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(MINISIGN), *map(str, arguments)], input=text, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return signing.new_key()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> Path:
    """A folder with two signed versions of a pack and the delta between them."""
    folder = tmp_path_factory.mktemp("published")
    for version, torque in (("1.0", 45), ("1.1", 47)):
        sign(make_pack(folder, "pump", version, "CP200", torque), key)
    make_delta(folder / "pump-1.0.fpack", folder / "pump-1.1.fpack", folder / "pump.fdelta")
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "pump-1.0.fpack"
    made.write_bytes(os.urandom(5000))
    return made


# --- minisign makes, we verify; we make, minisign verifies -------------------------------------------------------------


@with_minisign
@pytest.mark.parametrize("form", [(), ("-l",)], ids=["prehashed", "old form"])
def test_what_minisign_signs_is_verified(tmp_path: Path, file: Path, form: tuple[str, ...]) -> None:
    assert minisign("-G", "-W", "-p", tmp_path / "a.pub", "-s", tmp_path / "a.key").returncode == 0
    assert minisign("-S", *form, "-s", tmp_path / "a.key", "-m", file, "-t", str(CLAIM)).returncode == 0
    public = signing.read_public_key((tmp_path / "a.pub").read_bytes(), "a.pub")
    signature = trust.read_signature(file.with_name(file.name + ".minisig"))
    assert signature.prehashed is not bool(form)
    assert signing.verify(file, signature, public).version == "1.0"
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(SignatureError, match="not what its author signed"):
        signing.verify(file, signature, public)


@with_minisign
def test_what_we_sign_is_verified_by_minisign(tmp_path: Path, file: Path, key: SecretKey) -> None:
    (tmp_path / "a.pub").write_text(signing.write_public_key(key.public))
    beside = file.with_name(file.name + ".minisig")
    beside.write_text(str(signing.sign(file, key, CLAIM)))
    done = minisign("-V", "-p", tmp_path / "a.pub", "-m", file)
    assert done.returncode == 0, done.stderr
    assert str(CLAIM) in done.stdout
    file.write_bytes(file.read_bytes()[::-1])
    assert minisign("-V", "-p", tmp_path / "a.pub", "-m", file).returncode != 0


@with_minisign
def test_our_keys_sign_in_minisign_and_its_keys_sign_here(tmp_path: Path, file: Path, key: SecretKey) -> None:
    (tmp_path / "ours.key").write_text(signing.write_secret_key(key, "geheim", **CHEAP))
    assert minisign("-S", "-s", tmp_path / "ours.key", "-m", file, "-t", str(CLAIM), text="geheim\n").returncode == 0
    assert signing.verify(file, trust.read_signature(file.with_name(file.name + ".minisig")), key.public)
    minisign("-G", "-W", "-p", tmp_path / "a.pub", "-s", tmp_path / "a.key")
    theirs = signing.read_secret_key((tmp_path / "a.key").read_bytes(), "a.key", lambda: pytest.fail("asked"))
    assert signing.write_public_key(theirs.public) == (tmp_path / "a.pub").read_text()


@with_minisign
def test_the_password_of_a_key_that_minisign_made(tmp_path: Path) -> None:
    made = minisign("-G", "-p", tmp_path / "a.pub", "-s", tmp_path / "a.key", text="geheim\ngeheim\n")
    if made.returncode:
        pytest.skip(f"minisign made no key here: {made.stderr}")
    secret = signing.read_secret_key((tmp_path / "a.key").read_bytes(), "a.key", lambda: "geheim")
    assert signing.write_public_key(secret.public) == (tmp_path / "a.pub").read_text()


# --- keys --------------------------------------------------------------------------------------------------------------


def test_a_password_locks_a_key(key: SecretKey) -> None:
    locked = signing.write_secret_key(key, "geheim", **CHEAP).encode()
    assert signing.read_secret_key(locked, "a.key", lambda: "geheim") == key
    with pytest.raises(UsageError, match=r"password of a\.key is wrong"):
        signing.read_secret_key(locked, "a.key", lambda: "Geheim")
    assert key.key.hex() not in repr(key)


def test_a_key_file_cannot_ask_for_any_amount_of_work(key: SecretKey) -> None:
    greedy = signing.write_secret_key(key, "geheim", **CHEAP).encode()
    text = signing.base64.b64decode(greedy.split(b"\n")[1])
    worse = text[:46] + (1 << 40).to_bytes(8, "little") + text[54:]
    data = b"untrusted comment: x\n" + signing.base64.b64encode(worse) + b"\n"
    with pytest.raises(SignatureError, match="more work"):
        signing.read_secret_key(data, "a.key", lambda: "geheim")


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 100, b"untrusted comment: minisign public key 0\n" + b"A" * 56 + b"\n", b"x" * 1_000_000]
)
def test_what_is_no_key_or_signature_gets_a_sentence(data: bytes) -> None:
    for read in (signing.read_public_key, signing.read_signature):
        with pytest.raises(SignatureError, match=r"a\.file"):
            read(data, "a.file")
    with pytest.raises(SignatureError, match=r"a\.file"):
        signing.read_secret_key(data, "a.file", lambda: "")


def test_a_comment_says_what_it_was_given(key: SecretKey, file: Path) -> None:
    signature = signing.read_signature(str(signing.sign(file, key, CLAIM)).encode(), "x")
    claim = signing.claim_of(signature, key.public, "x")
    assert (claim.id, claim.version, claim.sha256) == ("pump", "1.0", "0" * 64)
    assert claim.machines == ("Korvan CP200", "Korvan CP 300")


def test_a_signature_that_names_no_pack_is_refused(key: SecretKey, file: Path) -> None:
    signature = signing.sign(file, key, CLAIM)
    other = signing.Signature(
        prehashed=True,
        key_id=key.id,
        signature=signature.signature,
        comment="timestamp:1 file:x",
        global_signature=signing._signed(signature.signature + b"timestamp:1 file:x", key),
    )
    with pytest.raises(SignatureError, match="does not say which pack"):
        signing.verify(file, other, key.public)


def test_trusted_keys_are_listed_and_forgotten(home: Path, tmp_path: Path, key: SecretKey) -> None:
    trust_key(key, "Korvan Service", tmp_path)
    (home / "keys" / "torn.pub").write_text("untrusted comment: minisign")
    keys, problems = trust.trusted_keys()
    assert [one.name for one in keys] == ["Korvan Service"]
    assert "torn.pub" in problems[0]
    with pytest.raises(UsageError, match="trusted already, as Korvan Service"):
        trust_key(key, "again", tmp_path)
    with pytest.raises(UsageError, match="Another key is trusted as Korvan Service"):
        trust_key(signing.new_key(), "korvan service", tmp_path)
    for name in ("../up", "", ".hidden", "a/b"):
        with pytest.raises(UsageError, match="no key of that name"):
            trust.distrust(name)
    trust.distrust("korvan service")
    assert trust.trusted_keys()[0] == []


# --- nothing that was changed passes -----------------------------------------------------------------------------------


def damaged(data: bytes, flips: int, cuts: int) -> Iterator[bytes]:
    """Single-bit flips and truncations at sampled places; all places where there are not more."""
    chance = random.Random(len(data))
    bits = range(len(data) * 8) if flips >= len(data) * 8 else sorted(chance.sample(range(len(data) * 8), flips))
    for bit in bits:
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)
    yield from (data[:size] for size in chance.sample(range(len(data)), min(cuts, len(data))))


def test_ten_thousand_flips_and_truncations_are_refused(published: Path, tmp_path: Path, key: SecretKey) -> None:
    pack = put(published / "pump-1.1.fpack", tmp_path / "stick")
    signature = pack.with_name(pack.name + ".minisig").read_bytes()
    public = signing.write_public_key(key.public).encode()
    made = tmp_path / "pump.fdelta"

    def verify(signed: bytes = signature, trusted: bytes = public) -> Claim:
        known = signing.read_public_key(trusted, "a.pub")
        return signing.verify(pack, signing.read_signature(signed, "pump.minisig"), known)

    assert verify().version == "1.1"
    whole = pack.read_bytes()
    changes = [
        (damaged(whole, 3000, 400), lambda data: (pack.write_bytes(data), verify())),
        (damaged(signature, 100_000, 1000), lambda data: verify(signed=data)),
        (damaged(public, 100_000, 1000), lambda data: verify(trusted=data)),
        (
            damaged((published / "pump.fdelta").read_bytes(), 4000, 600),
            lambda data: (made.write_bytes(data), delta.read(made)),
        ),
    ]
    tried = 0
    for changed, check in changes:
        for data in changed:
            tried += 1
            with pytest.raises(PackError) as refusal:
                check(data)
            sentence = str(refusal.value)
            assert re.search(r"\.(fpack|minisig|fdelta|pub)\b.*[a-z]{3}[.k]?$", sentence), sentence
        pack.write_bytes(whole)
    assert tried >= 10_000


def test_an_installed_pack_that_was_changed_is_not_opened(
    published: Path, home: Path, tmp_path: Path, key: SecretKey
) -> None:
    trust_key(key, "Korvan", tmp_path)
    library.install(put(published / "pump-1.1.fpack", tmp_path / "stick"))
    (folder,) = (home / "packs").glob("pump-*")
    assert len(list(folder.iterdir())) == 2
    for file in (*folder.iterdir(), home / "keys" / "Korvan.pub"):
        whole = file.read_bytes()
        for changed in damaged(whole, 15, 5):
            file.write_bytes(changed)
            shelf = library.open_shelf()
            assert shelf.packs == ()
            assert len(shelf.problems) >= 1
        file.write_bytes(whole)
    shelf = library.open_shelf()
    shelf.close()
    assert [pack.signature for pack in shelf.packs] == ["signed by Korvan"]


def test_a_delta_that_lies_about_itself_is_refused(published: Path, tmp_path: Path) -> None:
    """Damage that its author meant: the digest of the delta fits, what it holds does not."""
    whole = (published / "pump.fdelta").read_bytes()
    chance = random.Random(1)
    base = published / "pump-1.0.fpack"
    for _ in range(300):
        body = bytearray(whole.split(b"\n", 1)[1])
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        target = tmp_path / "x.fdelta"
        target.write_bytes(b"fieldfare delta 1 " + signing.hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        made = tmp_path / "made"
        try:
            read = delta.read(target)
            delta.apply(read, base, made, lambda *_: None)
        except PackError:
            continue
        # What came out is what the header asks for; the signature in it decides, and it was made for another file.
        assert trust.sha256(made) == read.sha256


# --- the command line --------------------------------------------------------------------------------------------------


def test_an_author_makes_a_key_and_signs(published: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n")
    pack = put(published / "pump-1.0.fpack", tmp_path / "out", signed=False)
    home = tmp_path / "home"
    made = fieldfare("pack", "key", "new", str(tmp_path / "acme"), "--no-password", home=home)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "acme.key").stat().st_mode & 0o077 == 0
    done = fieldfare("pack", "sign", str(pack), "--key", str(tmp_path / "acme.key"), home=home)
    assert done.returncode == 0, done.stderr
    again = fieldfare("pack", "key", "new", str(tmp_path / "acme"), "--no-password", home=home)
    assert again.returncode == 2
    assert "choose another name" in again.stderr
    added = fieldfare("pack", "trust", "add", str(tmp_path / "acme.pub"), home=home)
    assert added.returncode == 0, added.stderr
    assert fieldfare("pack", "install", str(pack), home=home).returncode == 0
    assert "signed by acme" in fieldfare("pack", "list", home=home).stdout


@pytest.fixture
def names(
    published: Path, home: Path, tmp_path: Path, key: SecretKey, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """What the arguments below stand for."""
    monkeypatch.setenv("WRONG", "wrong")
    monkeypatch.chdir(tmp_path)
    locked = tmp_path / "locked.key"
    locked.write_text(signing.write_secret_key(key, "geheim", **CHEAP))
    (tmp_path / "empty").mkdir()
    pack = put(published / "pump-1.0.fpack", tmp_path / "out", signed=False)
    delta_ = published / "pump.fdelta"
    return {"pack": pack, "key": locked, "delta": delta_, "empty": tmp_path / "empty"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("pack", "sign", "missing.fpack", "--key", "a.key"), 2, "does not exist"),
        (("pack", "sign", "{pack}", "--key", "missing.key"), 6, "cannot be read"),
        (("pack", "sign", "{pack}", "--key", "{pack}"), 4, "no minisign secret key"),
        (("pack", "sign", "{key}", "--key", "{key}"), 4, "locked.key"),
        (("pack", "sign", "{pack}", "--key", "{key}"), 2, "no terminal"),
        (("pack", "sign", "{pack}", "--key", "{key}", "--password-env", "NOT_SET"), 2, "NOT_SET is not set"),
        (("pack", "sign", "{pack}", "--key", "{key}", "--password-file", "{pack}.no"), 6, "cannot be read"),
        (("pack", "sign", "{pack}", "--key", "{key}", "--password-env", "WRONG"), 2, "password of locked.key is wrong"),
        (("pack", "key", "new", "x"), 2, "--password-file"),
        (("pack", "key", "new", "missing/x", "--no-password"), 6, "does not exist"),
        (("pack", "trust", "add", "missing.pub"), 6, "cannot be read"),
        (("pack", "trust", "add", "{pack}"), 4, "no minisign public key"),
        (("pack", "trust", "remove", "nobody"), 2, "no key of that name"),
        (("pack", "diff", "{pack}", "{pack}", "-o", "x.fdelta"), 2, "newer"),
        (("pack", "diff", "{pack}", "{key}", "-o", "x.fdelta"), 4, "locked.key"),
        (("pack", "install", "{pack}"), 4, "has no signature beside it"),
        (("pack", "install", "missing.fdelta"), 2, "does not exist"),
        (("pack", "install", "{delta}"), 4, "does not trust"),
        (("update", "{pack}"), 2, "no folder"),
        (("update", "{empty}"), 2, "holds no packs"),
        (("pack", "rollback", "nothing"), 2, "not installed"),
    ],
)
def test_bad_input_gets_a_sentence(
    names: dict[str, Path], arguments: tuple[str, ...], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([one.format(**names) for one in arguments]) == code
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("fieldfare: ")
