"""Personal data at rest: sealed, found by keyed hash, masked where people need no more.

Keys are derived with HKDF-SHA256 (RFC 5869) from the installation's secrets: the first secret seals
and hashes, the older ones only open and find, until `antre rekey` has written every row anew.
Sealing is AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the sealed bytes are
`key id (4) | nonce (12) | ciphertext and tag`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Person(msgspec.Struct, frozen=True):
    """Who comes: `nik` 16 digits, `name` as typed and tidied, `phone` in E.164."""

    nik: str
    name: str
    phone: str
    email: str | None = None


class SealBroken(Exception):
    """The bytes were not sealed with any key this installation holds, or were altered."""


class _Key:
    def __init__(self, secret: str) -> None:
        self.material = secret.encode()
        self.id = self.derive(b"antre key id")[:4]
        self.cipher = AESGCM(self.derive(b"antre seal"))
        self.lookup = self.derive(b"antre lookup")

    def derive(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(self.material)


class Vault:
    """Seals, opens and hashes personal data with the installation's keys.

    `secrets[0]` is in use; the others are kept so that older rows can be read (rotation).
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [_Key(secret) for secret in secrets]
        self._by_id = {key.id: key for key in self._keys}
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Person).decode

    def seal(self, person: Person) -> bytes:
        """The person as sealed bytes, under the key in use."""
        return self.seal_bytes(self._encode(person))

    def open(self, sealed: bytes) -> Person:
        """The person inside. Raises SealBroken when no key fits."""
        return self._decode(self.open_bytes(sealed))

    def seal_bytes(self, plain: bytes) -> bytes:
        """`plain` sealed under the key in use."""
        key, nonce = self._keys[0], os.urandom(12)
        return key.id + nonce + key.cipher.encrypt(nonce, plain, key.id)

    def open_bytes(self, sealed: bytes) -> bytes:
        """What `seal_bytes` was given. Raises SealBroken when no key fits."""
        key = self._by_id.get(bytes(sealed[:4]))
        if key is None:
            raise SealBroken("sealed with a key that is not in the settings")
        try:
            return key.cipher.decrypt(bytes(sealed[4:16]), bytes(sealed[16:]), key.id)
        except (InvalidTag, ValueError):  # ValueError: cut off before the nonce ends
            raise SealBroken("the sealed bytes were altered") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the bytes are sealed under the key in use."""
        return bytes(sealed[:4]) == self._keys[0].id

    @property
    def rotates(self) -> bool:
        """Whether there are older secrets, so that rows may be hashed under another key than the one in use."""
        return len(self._keys) > 1

    def hash_nik(self, nik: str) -> bytes:
        """Keyed hash of a NIK for look-ups (HMAC-SHA256, 16 bytes), under the key in use."""
        return _hash(self._keys[0], b"nik:", nik)

    def hash_phone(self, phone: str) -> bytes:
        """Keyed hash of an E.164 phone number for look-ups, under the key in use."""
        return _hash(self._keys[0], b"phone:", phone)

    def hashes_of_nik(self, nik: str) -> list[bytes]:
        """The hash under every key, the one in use first: rows not yet rekeyed are found as well."""
        return [_hash(key, b"nik:", nik) for key in self._keys]

    def hashes_of_phone(self, phone: str) -> list[bytes]:
        """As `hashes_of_nik`, for a phone number."""
        return [_hash(key, b"phone:", phone) for key in self._keys]

    def apart(self, purpose: str) -> Vault:
        """A vault for what is not kept in the book, under keys of its own: neither opens what the other sealed."""
        return Vault([key.derive(b"antre vault " + purpose.encode()).hex() for key in self._keys])

    def derive(self, purpose: str) -> list[bytes]:
        """A 32-byte key for another purpose (ticket tokens, sessions), from every secret, newest first."""
        return [key.derive(b"antre " + purpose.encode()) for key in self._keys]


def _hash(key: _Key, kind: bytes, value: str) -> bytes:
    return hmac.digest(key.lookup, kind + value.encode(), hashlib.sha256)[:16]


def mask_name(name: str) -> str:
    """`Siti Aminah` -> `Siti A.`: enough to call the right person, no more."""
    words = name.split()
    return " ".join(words[:1] + [f"{word[0]}." for word in words[1:]])


def mask_phone(phone: str) -> str:
    """`+6281200000123` -> `+62••••••••123`."""
    return phone[:3] + "•" * max(len(phone) - 6, 0) + phone[-3:]
