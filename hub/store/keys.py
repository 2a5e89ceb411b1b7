"""Keys: one per (owner, data class), wrapped by a key outside the database, so that forgetting a key erases its data.

The owner is a participant, or a delivery whose person is not known yet, or a source for what is about no person
(DESIGN 10). Rows are read for every batch and only unwrapping is remembered: a destroyed key is gone at once.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from hub.intake.hashing import Hasher
from hub.store.database import copy_rows, rows
from hub.store.key_files import make_once
from schemas.errors import KeyUnknown, Misconfigured
from schemas.vocabulary import DataClass

KEY_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_NONCES = 64
_REMEMBERED = 50_000

Owned = tuple[UUID, str]
"""Whose key, for which data class."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key-encryption key and what is derived from it. Nothing of it is ever in the database.

    `stream` seals what leaves the database for Kafka as a whole; what is personal in it has its own seal within.
    """

    _kek: AESGCM
    hasher: Hasher
    stream: AESGCM = field(repr=False)
    _unwrapped: dict[bytes, AESGCM] = field(default_factory=dict, repr=False)

    def load(self, connection: Connection, owned: Iterable[Owned]) -> "KeyBatch":
        """The existing keys among these, in one query."""
        return self._batch(connection, set(owned))

    def ensure(self, connection: Connection, owned: Iterable[Owned]) -> "KeyBatch":
        """The keys for these; missing ones are made and stored, in two statements. Call under the intake lock."""
        wanted = set(owned)
        batch = self._batch(connection, wanted)
        missing = sorted(wanted - batch.known)
        if missing:
            made = [(owner, data_class, os.urandom(_KEY_BYTES)) for owner, data_class in missing]
            copy_rows(
                connection,
                "data_key",
                ("owner_id", "data_class", "wrapped", "key_version"),
                ("uuid", "text", "bytea", "int2"),
                ((owner, name, self._wrap(owner, name, key), KEY_VERSION) for owner, name, key in made),
            )
            for owner, name, key in made:
                batch.add((owner, name), AESGCM(key))
        return batch

    def _batch(self, connection: Connection, wanted: set[Owned]) -> "KeyBatch":
        batch = KeyBatch()
        if not wanted:
            return batch
        found = rows(
            connection,
            "SELECT owner_id, data_class, wrapped FROM data_key"
            " JOIN unnest(%s::uuid[], %s::text[]) AS wanted (owner_id, data_class) USING (owner_id, data_class)",
            ([owner for owner, _ in wanted], [str(name) for _, name in wanted]),
        )
        for owner, name, wrapped in found:
            batch.add((owner, name), None if wrapped is None else self._unwrap(owner, name, wrapped))
        return batch

    def _wrap(self, owner: UUID, data_class: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._kek.encrypt(nonce, key, _bound_to(owner, data_class))

    def _unwrap(self, owner: UUID, data_class: str, wrapped: bytes) -> AESGCM:
        cipher = self._unwrapped.get(wrapped)
        if cipher is None:
            try:
                key = self._kek.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _bound_to(owner, data_class))
            except InvalidTag as error:
                message = (
                    "expected the key-encryption key that wrapped the stored keys, found another; restore the key file"
                )
                raise Misconfigured(message) from error
            cipher = AESGCM(key)
            if len(self._unwrapped) >= _REMEMBERED:
                self._unwrapped.clear()
            self._unwrapped[wrapped] = cipher
        return cipher


@dataclass(slots=True)
class KeyBatch:
    """The keys of one transaction. A key that was destroyed opens nothing; one that never was is an alarm."""

    _ciphers: dict[Owned, AESGCM | None] = field(default_factory=dict, repr=False)
    _nonces: bytes = field(default=b"", repr=False)

    @property
    def known(self) -> set[Owned]:
        """Which keys there are, destroyed ones too."""
        return set(self._ciphers)

    def add(self, owned: Owned, cipher: AESGCM | None) -> None:
        """Put a key in; None: destroyed."""
        self._ciphers[owned] = cipher

    def seal(self, owner: UUID, data_class: str, content: bytes, context: bytes) -> bytes:
        """AES-256-GCM with a random nonce in front; `context` is what the ciphertext belongs to. A destroyed key raises."""
        cipher = self._cipher(owner, data_class)
        if cipher is None:
            message = f"expected a live key for data class {data_class}, found a destroyed one"
            raise KeyUnknown(message)
        nonce = self._nonce()
        return nonce + cipher.encrypt(nonce, content, context)

    def open(self, owner: UUID, data_class: str, sealed: bytes, context: bytes) -> bytes | None:
        """The content, or None when its key was destroyed. An unknown key or another context raises."""
        cipher = self._cipher(owner, data_class)
        if cipher is None:
            return None
        try:
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except InvalidTag as error:
            message = f"expected a ciphertext of data class {data_class} of this place, found another"
            raise KeyUnknown(message) from error

    def _nonce(self) -> bytes:
        """Drawn many at once: asking the system for each would hand the turn to another thread each time."""
        if not self._nonces:
            self._nonces = os.urandom(_NONCES * _NONCE_BYTES)
        nonce, self._nonces = self._nonces[:_NONCE_BYTES], self._nonces[_NONCE_BYTES:]
        return nonce

    def _cipher(self, owner: UUID, data_class: str) -> AESGCM | None:
        try:
            return self._ciphers[owner, data_class]
        except KeyError as error:
            message = f"expected a key for data class {data_class}, found none"
            raise KeyUnknown(message) from error


def open_key_ring(path: Path, *, create: bool) -> KeyRing:
    """The ring of the key file: 32 random bytes, made on first use when `create`, readable by its owner alone."""
    if not path.exists():
        if not create:
            message = f"expected the key-encryption key in {path}, found no file; restore it or set HUB_KEY_FILE"
            raise Misconfigured(message)
        make_once(path, os.urandom(_KEY_BYTES))
    secret = path.read_bytes()
    if len(secret) != _KEY_BYTES:
        message = f"expected {_KEY_BYTES} bytes in {path}, found {len(secret)}"
        raise Misconfigured(message)
    return ring_of(secret)


def ring_of(secret: bytes) -> KeyRing:
    """A ring from 32 secret bytes."""
    return KeyRing(
        AESGCM(_derive(secret, b"samspar kek")),
        Hasher(_derive(secret, b"samspar blind index")),
        AESGCM(_derive(secret, b"samspar stream")),
    )


def _derive(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=use).derive(secret)


def _bound_to(owner: UUID, data_class: str) -> bytes:
    return owner.bytes + str(DataClass(data_class)).encode()
