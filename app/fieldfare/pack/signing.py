"""Signatures and keys in minisign's format (https://jedisct1.github.io/minisign/), made and verified with libsodium.

A signature is Ed25519 over the BLAKE2b-512 of the file (`ED`; in minisign's old form, `Ed`, over the file itself). A
second, global signature covers the first and the trusted comment, which says which pack it is: so id, version and digest
are proved before the pack is read. Reading is strict, so that no changed bit of a key or signature file goes unnoticed:
the untrusted comments, which nothing covers, must be those that minisign writes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.errors import SignatureError, StorageError, UsageError
from fieldfare.pack.manifest import ID, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUFFIX = ".minisig"
LARGEST_TEXT = 16_384  # bytes; minisign's own trusted comments end at 8,192
LARGEST_OLD_FORM = 256 << 20  # bytes; the old form is verified with the whole file in memory
# libsodium's "sensitive" limits, as minisign writes them into a secret key: about 1 GiB and some seconds.
OPSLIMIT, MEMLIMIT = 33_554_432, 1_073_741_824

_PREHASHED, _OLD_FORM, _SCRYPT, _PLAIN, _BLAKE2 = b"ED", b"Ed", b"Sc", b"\0\0", b"B2"
_SIGNATURE = re.compile(
    rb"untrusted comment: signature from (?:minisign|rsign|fieldfare) secret key\n"
    rb"([A-Za-z0-9+/=]{100})\ntrusted comment: ([^\n]*)\n([A-Za-z0-9+/=]{88})\n"
)
_PUBLIC = re.compile(rb"untrusted comment: minisign public key:? ([0-9A-F]{1,16})\n([A-Za-z0-9+/=]{56})\n")
_SECRET = re.compile(rb"untrusted comment: [^\n]*\n([A-Za-z0-9+/=]{212})\n")
_CLAIM = re.compile(
    rf"fieldfare id=({ID.pattern}) version=({VERSION.pattern}) sha256=([0-9a-f]{{64}})(?: machines=(.+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Verifies signatures; `id` is eight random bytes that keys and signatures share."""

    id: bytes
    key: bytes

    def __str__(self) -> str:
        return f"{int.from_bytes(self.id, 'little'):X}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SecretKey:
    """Makes signatures: libsodium's 64 bytes, the seed and the public key."""

    id: bytes
    key: bytes

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey(id=self.id, key=self.key[32:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a trusted comment says of a pack; `machines` are names as `Machine` prints them."""

    id: str
    version: str
    sha256: str
    machines: tuple[str, ...] = ()

    def __str__(self) -> str:
        machines = "; ".join(re.sub(r"[;\s]+", " ", name).strip() for name in self.machines)
        said = f"fieldfare id={self.id} version={self.version} sha256={self.sha256}"
        return f"{said} machines={machines}" if machines and len(machines.encode()) < 4096 else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature file that is well formed; it proves nothing before `verify`."""

    prehashed: bool
    key_id: bytes
    signature: bytes
    comment: str
    global_signature: bytes

    def __str__(self) -> str:
        """The file as minisign writes it."""
        head = _encoded((_PREHASHED if self.prehashed else _OLD_FORM) + self.key_id + self.signature)
        return (
            f"untrusted comment: signature from fieldfare secret key\n{head}\n"
            f"trusted comment: {self.comment}\n{_encoded(self.global_signature)}\n"
        )


def read_signature(data: bytes, name: str) -> Signature:
    """The signature in a file's bytes; `name` is for the sentence of the SignatureError."""
    found = _SIGNATURE.fullmatch(data.replace(b"\r\n", b"\n")) if len(data) <= LARGEST_TEXT else None
    head, comment, tail = (_decoded(found[1]), _text(found[2]), _decoded(found[3])) if found else (b"", "", b"")
    if len(head) != 74 or head[:2] not in {_PREHASHED, _OLD_FORM} or len(tail) != 64 or not comment.isprintable():
        raise SignatureError(
            _("{name} is no minisign signature, or it was changed. Copy it again from its author.").format(name=name)
        )
    return Signature(
        prehashed=head[:2] == _PREHASHED,
        key_id=head[2:10],
        signature=head[10:],
        comment=comment,
        global_signature=tail,
    )


def claim_of(signature: Signature, key: PublicKey, name: str) -> Claim:
    """What the signer says of the pack, after the global signature was verified: proved, though the pack is not yet.

    SignatureError for a wrong key, a changed comment, or one that names no pack.
    """
    _prove_comment(signature, key, name)
    return unproved_claim(signature, name)


def unproved_claim(signature: Signature, name: str) -> Claim:
    """What a trusted comment says, for authors: nothing is verified. SignatureError where it names no pack."""
    found = _CLAIM.fullmatch(signature.comment)
    if not found:
        raise SignatureError(
            _(
                "{name} does not say which pack it signs. Ask the author to sign with: fieldfare pack sign FILE.fpack"
            ).format(name=name)
        )
    machines = tuple(found[5].split("; ")) if found[5] else ()
    return Claim(id=found[1], version=found[2], sha256=found[4], machines=machines)


def verify(file: Path, signature: Signature, key: PublicKey) -> Claim:
    """Verify the whole file; what the signer says of it. SignatureError where it is not what was signed."""
    claim = claim_of(signature, key, file.name + SUFFIX)
    _prove_file(file, signature, key)
    return claim


def prove(file: Path, signature: Signature, key: PublicKey) -> None:
    """Verify a file that is no pack, whose trusted comment may say anything. SignatureError as in `verify`."""
    _prove_comment(signature, key, file.name + SUFFIX)
    _prove_file(file, signature, key)


def _prove_comment(signature: Signature, key: PublicKey, name: str) -> None:
    if signature.key_id != key.id or not _is_signed(
        signature.global_signature, signature.signature + signature.comment.encode(), key
    ):
        raise SignatureError(
            _("{name} was changed after it was signed. Copy it again from its author.").format(name=name)
        )


def _prove_file(file: Path, signature: Signature, key: PublicKey) -> None:
    if signature.prehashed:
        with file.open("rb") as stream:
            message = hashlib.file_digest(stream, hashlib.blake2b).digest()
    elif file.stat().st_size > LARGEST_OLD_FORM:
        raise SignatureError(
            _("{name} is too large for minisign's old form of signature. Ask the author to sign it again.").format(
                name=file.name
            )
        )
    else:
        message = file.read_bytes()
    if not _is_signed(signature.signature, message, key):
        raise SignatureError(
            _("{name} is not what its author signed and is not used. Get it again from its author.").format(
                name=file.name
            )
        )


def sign(file: Path, secret: SecretKey, claim: Claim) -> Signature:
    """Sign a file in the prehashed form."""
    with file.open("rb") as stream:
        made = _signed(hashlib.file_digest(stream, hashlib.blake2b).digest(), secret)
    comment = str(claim)
    return Signature(
        prehashed=True,
        key_id=secret.id,
        signature=made,
        comment=comment,
        global_signature=_signed(made + comment.encode(), secret),
    )


def new_key() -> SecretKey:
    """A fresh key from the system's random numbers."""
    from nacl.bindings import crypto_sign_keypair

    return SecretKey(id=os.urandom(8), key=crypto_sign_keypair()[1])


def read_public_key(data: bytes, name: str) -> PublicKey:
    """The key in a .pub file; its first line must name the key's id, which guards against a torn copy."""
    found = _PUBLIC.fullmatch(data.replace(b"\r\n", b"\n")) if len(data) <= LARGEST_TEXT else None
    key = _decoded(found[2]) if found else b""
    if not found or len(key) != 42 or key[:2] != _OLD_FORM or int(found[1], 16) != int.from_bytes(key[2:10], "little"):
        raise SignatureError(
            _("{name} is no minisign public key, or it was changed. Copy it again from its owner.").format(name=name)
        )
    return PublicKey(id=key[2:10], key=key[10:])


def write_public_key(key: PublicKey) -> str:
    """A .pub file as minisign writes it."""
    return f"untrusted comment: minisign public key {key}\n{_encoded(_OLD_FORM + key.id + key.key)}\n"


def read_secret_key(data: bytes, name: str, password: Callable[[], str]) -> SecretKey:
    """The key in a secret key file; `password` is asked only where it has one. UsageError for a wrong password."""
    found = _SECRET.fullmatch(data.replace(b"\r\n", b"\n")) if len(data) <= LARGEST_TEXT else None
    raw = _decoded(found[1]) if found else b""
    if len(raw) != 158 or raw[:2] != _OLD_FORM or raw[2:4] not in {_SCRYPT, _PLAIN} or raw[4:6] != _BLAKE2:
        raise SignatureError(
            _("{name} is no minisign secret key, or it was changed. Restore it from its safe copy.").format(name=name)
        )
    body, locked = raw[54:], raw[2:4] == _SCRYPT
    if locked:
        ops, memory = int.from_bytes(raw[38:46], "little"), int.from_bytes(raw[46:54], "little")
        if ops > OPSLIMIT or memory > MEMLIMIT:
            raise SignatureError(
                _("{name} asks for more work than any minisign key. Restore it from its safe copy.").format(name=name)
            )
        body = _masked(body, password(), raw[6:38], ops, memory)
    secret = SecretKey(id=body[:8], key=body[8:72])
    unchecked = not locked and body[72:] == bytes(32)  # as minisign 0.11 writes open keys
    if body[72:] != _checksum(secret) and not (unchecked and _is_whole(secret)):
        raise UsageError(
            _("The password of {name} is wrong.").format(name=name)
            if locked
            else _("{name} is damaged. Restore its safe copy.").format(name=name)
        )
    return secret


def write_secret_key(secret: SecretKey, password: str, *, ops: int = OPSLIMIT, memory: int = MEMLIMIT) -> str:
    """A secret key file as minisign writes it; an empty password leaves it open, as `minisign -W` does."""
    salt = os.urandom(32) if password else bytes(32)
    body = secret.id + secret.key + _checksum(secret)
    if password:
        body = _masked(body, password, salt, ops, memory)
    else:
        ops = memory = 0
    limits = ops.to_bytes(8, "little") + memory.to_bytes(8, "little")
    raw = _OLD_FORM + (_SCRYPT if password else _PLAIN) + _BLAKE2 + salt + limits + body
    return f"untrusted comment: minisign {'encrypted' if password else 'unencrypted'} secret key\n{_encoded(raw)}\n"


def _checksum(secret: SecretKey) -> bytes:
    return hashlib.blake2b(_OLD_FORM + secret.id + secret.key, digest_size=32).digest()


def _is_whole(secret: SecretKey) -> bool:
    """Whether the public half is that of the seed."""
    from nacl.bindings import crypto_sign_seed_keypair

    return crypto_sign_seed_keypair(secret.key[:32])[0] == secret.key[32:]


def _masked(body: bytes, password: str, salt: bytes, ops: int, memory: int) -> bytes:
    """Lock or unlock the body of a secret key: the same exclusive-or with scrypt's stream."""
    from nacl.exceptions import CryptoError
    from nacl.pwhash import scrypt

    try:
        stream = scrypt.kdf(len(body), password.encode(), salt, opslimit=ops, memlimit=memory)
    except (CryptoError, MemoryError, ValueError) as error:
        raise StorageError(
            _("There is not enough memory for the password of the key: about 1 GB is needed. Close other programs.")
        ) from error
    return bytes(one ^ other for one, other in zip(body, stream, strict=True))


def _is_signed(signature: bytes, message: bytes, key: PublicKey) -> bool:
    from nacl.bindings import crypto_sign_open
    from nacl.exceptions import BadSignatureError

    try:
        crypto_sign_open(signature + message, key.key)
    except BadSignatureError:
        return False
    return True


def _signed(message: bytes, secret: SecretKey) -> bytes:
    from nacl.bindings import crypto_sign

    return crypto_sign(message, secret.key)[:64]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: bytes) -> bytes:
    """Base64 in its one canonical spelling; nothing for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return data if base64.b64encode(data) == text else b""


def _text(data: bytes) -> str:
    """UTF-8 text; for anything else a control character, which no comment may hold."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\0"
