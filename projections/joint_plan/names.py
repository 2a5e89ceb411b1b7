"""How one agency names another agency's line: by its key, by its source and key, or by the id of the joint line (LineName)."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from projections.joint_plan.spells import Item

Line = TypeVar("Line")


class Finder(Generic[Line]):
    """Finds lines by name. Of several with one key the sender's own counts, else the canonically first."""

    def __init__(self, listed: Iterable[tuple[Item, Line]]) -> None:
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
        return found if found is not None else self._keys.get(name)
