"""Dataclasses for what is made thousands of times in a batch: frozen for the type checker, not checked at run time.

A dataclass that is frozen at run time sets every field through `object.__setattr__`, which takes about twice as long.
`@lean(frozen=True, …)` reads and is typed as `@dataclass(…)` (decision 0011).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

__all__ = ["lean"]
Made = TypeVar("Made")

if TYPE_CHECKING:
    from dataclasses import dataclass as lean
else:

    def lean(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type[Made]], type[Made]]:
        """As `dataclass`; equal values have equal hashes, as frozen ones have."""
        return dataclass(slots=slots, kw_only=kw_only, unsafe_hash=frozen)
