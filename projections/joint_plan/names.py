"""How one agency names another agency's line: by its key, by its source and key, or by the id of the joint line (LineName)."""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar
from uuid import UUID, uuid5

from projections.joint_plan.spells import Item
from schemas.vocabulary import ParticipantId

Line = TypeVar("Line")
_ID_LENGTH: Final = 36


class Finder(Generic[Line]):
    """Finds lines by name. Of several with one key the sender's own counts, else the canonically first."""

    def __init__(self, listed: Sequence[tuple[Item, Line]], participant: ParticipantId | None = None) -> None:
        self._listed = listed
        self._participant = participant
        self._full: dict[tuple[str, str], Line] = {}
        self._keys: dict[str, Line] = {}
        for item, line in listed:
            self._full.setdefault((item.source, item.key), line)
            self._keys.setdefault(item.key, line)

    def find(self, name: str | None, source: str) -> Line | None:
        """The line that a source means, None: there is none (yet, or any more)."""
        if name is None:
            return None
        found = self._full.get((source, name))
        if found is None and "#" in name:
            other, _, key = name.partition("#")
            found = self._full.get((other, key))
        if found is None:
            found = self._keys.get(name)
        return self._of_joint_line(name) if found is None and len(name) == _ID_LENGTH else found

    def _of_joint_line(self, name: str) -> Line | None:
        """The canonically first member of a joint line, by the line's id."""
        if self._participant is None:
            return None
        return next((line for item, line in self._listed if str(line_id_of(self._participant, item)) == name), None)


def line_id_of(participant: ParticipantId, first: Item) -> UUID:
    """The id of the joint line whose canonically first member this is (RULES 1.4)."""
    return uuid5(participant, first.name)
