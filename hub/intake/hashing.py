"""Keyed hashes: the blind index of identifiers and the fingerprint of content (DESIGN 10, personal data at rest).

Keyed, because a plain hash of a personnummer or of a short text can be guessed.
"""

import hmac
from dataclasses import dataclass, field
from uuid import UUID

_INDEX_BYTES = 16


@dataclass(frozen=True, slots=True)
class Hasher:
    """HMAC-SHA-256 under a key that stays outside the database."""

    key: bytes = field(repr=False)

    def fingerprint(self, content: bytes) -> bytes:
        """32 bytes: two deliveries have the same content when these are equal (RULES-TIMELINE 7)."""
        return hmac.digest(self.key, content, "sha256")

    def index(self, purpose: str, value: str) -> bytes:
        """16 bytes to look a value up by, without holding it."""
        return hmac.digest(self.key, f"{purpose}\x1f{value}".encode(), "sha256")[:_INDEX_BYTES]

    def thing(self, source: str, kind: str, key: str) -> UUID:
        """The id of a spell: the sender's own key may say too much to be stored in the clear."""
        return UUID(bytes=self.index("thing", f"{source}\x1f{kind}\x1f{key}"))
