"""Published test numbers, each handed out once: they are formally right and belong to nobody (DOMAIN 6).

Skatteverket publishes personnummer and samordningsnummer for tests. LMA numbers have no check digit and no published
test numbers, so those here begin where Migrationsverket's own do not.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


class TestNumbers:
    """The numbers that are left in a region."""

    __test__ = False  # for pytest: not a class of tests

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._queues: dict[tuple[str, range], Iterator[str]] = {}
        self._coordination: dict[str, Iterator[str]] = {}

    def personal(self, sex: str, years: range) -> str:
        """The next personnummer of a sex and some years of birth; when they have run out, of anybody."""
        number = next(self._queue(sex, years), None) or next(self._queue("", range(0)))
        self._taken.add(number)
        return number

    def coordination(self, sex: str) -> str | None:
        """The next samordningsnummer of a sex, or None when they have run out."""
        of_sex = (number for number in _listed("test_coordination_numbers") if sex_of(number) == sex)
        return next(self._coordination.setdefault(sex, of_sex), None)

    def _queue(self, sex: str, years: range) -> Iterator[str]:
        """Numbers in the published order, without those that another queue has given away meanwhile."""
        return self._queues.setdefault(
            (sex, years),
            (
                number
                for number in _listed("test_personal_numbers")
                if number not in self._taken and (not sex or (sex_of(number) == sex and int(number[:4]) in years))
            ),
        )


def sex_of(number: str) -> str:
    """What the last digit but one says."""
    return "male" if int(number[-2]) % 2 else "female"


def born_on(number: str) -> date:
    """The day in a personnummer of twelve digits."""
    return date(int(number[:4]), int(number[4:6]), int(number[6:8]))


def lma_number(number: int) -> str:
    """A number of the form that Migrationsverket prints on LMA cards."""
    return f"{60 + number // 1_000_000:02}-{number % 1_000_000:06}"


@cache
def _listed(name: str) -> list[str]:
    return (_DATA / f"{name}.txt").read_text(encoding="ascii").split()
