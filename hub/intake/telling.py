"""What a receipt may say of what is wrong: a bounded list that repeats no personal number, wherever one stood.

Receipts are kept in the clear and sent back: an event of 256 KiB can hold a hundred thousand faults,
below names of its own choosing.
"""

from collections.abc import Iterable
from dataclasses import replace

from hub.personal_numbers import redacted
from schemas.receipts import Problem

MAX_PROBLEMS = 100
_MAX_NAME = 128


def tellable(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by pointer, at most MAX_PROBLEMS of them."""
    by_pointer = sorted(problems, key=lambda found: found.pointer or "")
    return tuple(
        replace(_without_untellable_names(found), found=redacted(found.found)) for found in by_pointer[:MAX_PROBLEMS]
    )


def tellable_name(name: str) -> str:
    """The name of an attribute or a field as `found` may say it."""
    return name if _is_tellable(name) else f"{len(name)} characters"


def _without_untellable_names(found: Problem) -> Problem:
    """A pointer stops at the object in which a name stands that must not be repeated."""
    if not found.pointer or _is_tellable(found.pointer):
        return found
    steps = found.pointer.split("/")
    first = next((place for place, step in enumerate(steps) if not _is_tellable(step)), len(steps))
    return replace(found, pointer="/".join(steps[:first]))


def _is_tellable(text: str) -> bool:
    return len(text) <= _MAX_NAME and redacted(text) == text
