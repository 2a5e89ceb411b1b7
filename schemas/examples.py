"""The example of an event type is its frozen sample: one file is the sample, the example and the replayed test."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from schemas.event_type import Json, JsonObject

FOLDER = Path(__file__).parent / "samples"


@cache
def sample(name: str, version: int) -> JsonObject:
    """The whole envelope kept in `samples/`. Never change it: hubs have events like it in their logs."""
    envelope: JsonObject = json.loads((FOLDER / f"{name}.v{version}.json").read_text(encoding="utf-8"))
    return envelope


class Example(Mapping[str, Json]):
    """The `data` of a sample, read from its file when first looked at, so that importing the contract stays fast."""

    __slots__ = ("_name", "_version")

    def __init__(self, name: str, version: int = 1) -> None:
        """Name the sample; nothing is read yet."""
        self._name = name
        self._version = version

    def __getitem__(self, key: str) -> Json:
        """One field."""
        return self._data()[key]

    def __iter__(self) -> Iterator[str]:
        """The names of the fields."""
        return iter(self._data())

    def __len__(self) -> int:
        """The number of fields."""
        return len(self._data())

    def __eq__(self, other: object) -> bool:
        """Equal when they name the same sample, so that comparing event types reads no file."""
        return isinstance(other, Example) and (self._name, self._version) == (other._name, other._version)

    def __hash__(self) -> int:
        """Hashable, so that an event type is."""
        return hash((self._name, self._version))

    def __repr__(self) -> str:
        """Name the sample."""
        return f"Example({self._name!r}, {self._version})"

    def _data(self) -> JsonObject:
        data: JsonObject = sample(self._name, self._version)["data"]
        return data
