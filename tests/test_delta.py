from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import random
import struct
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldfare import library, trust, updates
from fieldfare.errors import PackError, SignatureError, UsageError
from fieldfare.ingest import difference
from fieldfare.pack import delta, signing
from publishing import make_delta, make_pack, put, quiet, sign, trust_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fieldfare.pack.signing import SecretKey


def header(old: bytes, new: bytes, file: Path, **changes: object) -> delta.Delta:
    fields = {
        "file": file, "id": "pump", "base": "1.0", "version": "1.1", "base_sha256": hashlib.sha256(old).hexdigest(),
        "sha256": hashlib.sha256(new).hexdigest(), "size": len(new), "signature": None, "payload": 0,
    }  # fmt: skip
    return delta.Delta(**{**fields, **changes})  # type: ignore[arg-type]


def there_and_back(old: bytes, new: bytes, folder: Path) -> int:
    """Make a delta, apply it, compare; its size."""
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    size = difference.make(folder / "old", folder / "new", folder / "x.fdelta", header(old, new, folder / "x"), quiet)
    delta.apply(delta.read(folder / "x.fdelta"), folder / "old", folder / "made", quiet)
    assert (folder / "made").read_bytes() == new
    return size


def pages(records: Sequence[bytes], first: int) -> bytes:
    """Records as SQLite lays out a long value: pages of 4,096 bytes that begin with the number of the next."""
    whole = b"".join(records)
    count = -(-len(whole) // 4092)
    return b"".join(
        struct.pack(">I", first + page + 1) + whole[page * 4092 : (page + 1) * 4092] for page in range(count)
    )


def test_content_that_moved_to_other_pages_costs_little(tmp_path: Path) -> None:
    chance = random.Random(1)
    records = [chance.randbytes(chance.randrange(200, 9000)) for _ in range(400)]
    old = pages(records, 7)
    new = pages([*records[:37], b"a paragraph that is new " * 9, *records[37:350], *records[351:]], 9)
    assert there_and_back(old, new, tmp_path) < 0.02 * len(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b"new"),
        (b"x" * 100_000, b"x" * 99_999),
        (bytes(300_000), bytes(100_000) + b"\1" + bytes(200_000)),
        (os.urandom(50_000), os.urandom(50_000)),
        (b"short", b"also short"),
    ],
)
def test_the_ends_of_what_can_be_compared(tmp_path: Path, old: bytes, new: bytes) -> None:
    there_and_back(old, new, tmp_path)


@settings(max_examples=60, deadline=None)
@given(
    blocks=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=8),
    order=st.lists(st.integers(0, 20), max_size=40),
    extra=st.lists(st.binary(max_size=40), max_size=40),
)
def test_operations_give_the_newer_file_whatever_it_is(
    blocks: list[bytes], order: list[int], extra: list[bytes]
) -> None:
    old = b"".join(blocks) * 3
    new = b"".join(
        blocks[which % len(blocks)] + (extra[index] if index < len(extra) else b"") for index, which in enumerate(order)
    )
    older, newer = (np.frombuffer(data, np.uint8) for data in (old, new))
    made, position, place = b"", 0, 0
    for copied, distance, literal in difference.operations(older, newer, quiet):
        position += distance
        made += old[position : position + copied]
        position += copied
        place = len(made)
        made += new[place : place + literal]
    assert made == new


def test_large_literals_are_cut_into_segments_and_memory_stays_small(tmp_path: Path) -> None:
    new = os.urandom(9000) * 1000
    old = b"o" * 1000
    (tmp_path / "old").write_bytes(old)
    with (tmp_path / "x.fdelta").open("wb") as stream:
        mapped = np.frombuffer(new, np.uint8)
        delta.write(stream, header(old, new, tmp_path / "x"), difference._segments(iter([(0, 0, len(new))]), mapped))
    read = delta.read(tmp_path / "x.fdelta")
    tracemalloc.start()
    delta.apply(read, tmp_path / "old", tmp_path / "made", quiet)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "made").read_bytes() == new
    assert peak < 16_000_000 + 4 * delta.MOST_LITERALS, "LZMA's dictionary and a few copies of a segment"


def packed(payload: bytes, fields: dict[str, object], preset: int = 1) -> bytes:
    """A delta whose digest fits, with any content."""
    body = json.dumps(fields).encode() + b"\n" + lzma.compress(payload, preset=preset)
    return b"fieldfare delta 1 " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


FIELDS: dict[str, object] = {
    "id": "pump", "base": "1.0", "version": "1.1", "base_sha256": "0" * 64, "sha256": "0" * 64, "size": 1000,
    "signature": None,
}  # fmt: skip


def segment(operations: Sequence[tuple[int, int, int]], literals: bytes, count: int | None = None) -> bytes:
    copies, distances, lengths = zip(*operations, strict=True) if operations else ((), (), ())
    number = len(operations)
    return (
        struct.pack("<II", number if count is None else count, len(literals))
        + struct.pack(f"<{number}I", *copies)
        + struct.pack(f"<{number}q", *distances)
        + struct.pack(f"<{number}I", *lengths)
        + literals
    )


@pytest.mark.parametrize(
    "payload",
    [
        segment([(10, -1, 0)], b""),
        segment([(10, 1 << 62, 0)], b""),
        segment([(1 << 31, 0, 0)], b""),
        segment([(0, 0, 0)], b""),
        segment([(0, 0, 5)], b"abc"),
        segment([], b"abc"),
        segment([(0, 0, 1)], b"a", count=1 << 31),
        struct.pack("<II", 1, 1 << 31),
        segment([(0, 0, 1)], b"a") * 2000,
        segment([(100, -100, 0)] * 60_000, b""),
        bytes(50_000_000),
        b"\1",
        b"",
    ],
)
def test_a_hostile_delta_makes_no_bomb_and_gets_a_sentence(tmp_path: Path, payload: bytes) -> None:
    file, base = tmp_path / "x.fdelta", tmp_path / "base"
    file.write_bytes(packed(payload, FIELDS))
    base.write_bytes(b"b" * 100)
    made = tmp_path / "made"
    with pytest.raises(PackError, match=r"x\.fdelta does not give.*pump-1\.1\.fpack"):
        delta.apply(delta.read(file), base, made, quiet)
    assert made.stat().st_size <= 1000


def test_a_stream_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    body = json.dumps(FIELDS).encode() + b"\n" + lzma.compress(segment([(0, 0, 9)], b"123456789"), filters=filters)
    (tmp_path / "x.fdelta").write_bytes(
        b"fieldfare delta 1 " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    )
    (tmp_path / "base").write_bytes(b"b")
    with pytest.raises(PackError):
        delta.apply(delta.read(tmp_path / "x.fdelta"), tmp_path / "base", tmp_path / "made", quiet)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../etc"}, {"id": "UPPER"}, {"id": None}, {"id": 7}, {"version": "1/2"}, {"base": ""}, {"size": -1},
        {"size": True}, {"size": "9"}, {"sha256": "x"}, {"signature": 7}, {"more": 1},
    ],
)  # fmt: skip
def test_a_delta_that_names_nonsense_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    file = tmp_path / "x.fdelta"
    file.write_bytes(packed(b"", {**FIELDS, **changes}))
    with pytest.raises(PackError, match="does not say what it is for"):
        delta.read(file)


@pytest.mark.parametrize("line", [b"[]", b"7", b"{", b"\xff", b"[" * 60_000])
def test_a_header_that_is_no_object_is_refused(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "x.fdelta"
    body = line + b"\n"
    file.write_bytes(b"fieldfare delta 1 " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    with pytest.raises(PackError):
        delta.read(file)


def test_a_size_that_no_pack_has_is_refused_before_it_is_written(home: Path, tmp_path: Path) -> None:
    library.install(make_pack(tmp_path, "pump", "1.0"), unsigned=True)
    digest = trust.sha256(tmp_path / "pump-1.0.fpack")
    file = tmp_path / "x.fdelta"
    file.write_bytes(packed(b"", {**FIELDS, "base_sha256": digest, "size": 1 << 50}))
    with pytest.raises(PackError, match="no pack is that large"):
        updates.install_delta(file, unsigned=True)
    assert home.exists()


# --- real packs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return signing.new_key()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> Path:
    folder = tmp_path_factory.mktemp("published")
    for version, torque in (("1.0", 45), ("1.1", 47)):
        sign(make_pack(folder, "pump", version, "CP200", torque), key)
    make_delta(folder / "pump-1.0.fpack", folder / "pump-1.1.fpack", folder / "pump.fdelta")
    return folder


def test_a_delta_gives_the_same_bytes_and_the_signature_decides(
    published: Path, home: Path, tmp_path: Path, key: SecretKey
) -> None:
    library.install(published / "pump-1.0.fpack", unsigned=True)
    with pytest.raises(SignatureError, match="does not trust"):
        updates.install_delta(published / "pump.fdelta")
    trust_key(key, "Korvan", tmp_path)
    pack = updates.install_delta(published / "pump.fdelta")
    assert pack.signature == "signed by Korvan"
    (made,) = (home / "packs").glob("pump-1.1.*/*.fpack")
    assert made.read_bytes() == (published / "pump-1.1.fpack").read_bytes()
    with pytest.raises(UsageError, match="newer than 1"):
        library.install(published / "pump-1.0.fpack", unsigned=True)


def test_a_delta_without_its_base_is_refused(published: Path, home: Path, tmp_path: Path, key: SecretKey) -> None:
    trust_key(key, "Korvan", tmp_path)
    with pytest.raises(UsageError, match=r"builds upon pump 1\.0.*Install the whole pack: pump-1\.1\.fpack"):
        updates.install_delta(published / "pump.fdelta")
    assert home.exists()


def test_an_unsigned_delta_needs_insistence(published: Path, home: Path, tmp_path: Path) -> None:
    old, new = (put(published / f"pump-{version}.fpack", tmp_path, signed=False) for version in ("1.0", "1.1"))
    file = make_delta(old, new, tmp_path / "x.fdelta", signed=False)
    library.install(old, unsigned=True)
    with pytest.raises(SignatureError, match="--unsigned"):
        updates.install_delta(file)
    assert updates.install_delta(file, unsigned=True).unsigned
    assert home.exists()


def test_a_delta_that_carries_the_signature_of_another_version_is_refused(
    published: Path, home: Path, tmp_path: Path, key: SecretKey
) -> None:
    trust_key(key, "Korvan", tmp_path)
    library.install(published / "pump-1.0.fpack")
    old, new = ((published / f"pump-{version}.fpack").read_bytes() for version in ("1.0", "1.1"))
    stolen = (published / "pump-1.0.fpack.minisig").read_bytes()
    stream = io.BytesIO()
    segments = difference._segments(iter([(0, 0, len(new))]), np.frombuffer(new, np.uint8))
    delta.write(stream, header(old, new, tmp_path / "x", signature=stolen), segments)
    (tmp_path / "x.fdelta").write_bytes(stream.getvalue())
    with pytest.raises(SignatureError, match="another pack than was signed"):
        updates.install_delta(tmp_path / "x.fdelta")
    assert home.exists()
