"""The thresholds of RULES 0: data with validity dates, by default open to both sides, changed without code."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE = Path(__file__).with_name("settings.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds on one day. Days are calendar days, `_wd` working days, hours are per week (RULES 0, rows named there)."""

    full_week_hours: float = 40
    gap_days: int = 14
    gap_ahead_days: int = 30
    join_days: int = 14
    mapping_months: int = 6
    employer_contact_days: int = 14
    intro_days: int = 14
    track_start_days: int = 14
    referral_answer_wd: int = 10
    handlingsplan_days: int = 30
    placement_days: int = 14
    answer_wd: int = 10
    enrolment_grace_days: int = 14
    owner_grace_wd: int = 5
    module_days: tuple[int, ...] = (60, 365, 300)
    sfi_offer_months: int = 3
    full_time_benefits: tuple[str, ...] = ("introduktionsersattning", "forsorjningsstod")
    not_in_hub: tuple[str, ...] = ("civ",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of one threshold, and when it holds."""

    name: str
    value: Any  # a number, or a list of numbers or codes: whatever the field of Settings takes
    valid_from: date | None = None
    valid_to: date | None = None


class Thresholds:
    """Every value there is. Of two that hold on a day the later in the list counts. Raises ValueError for unknown names."""

    def __init__(self, listed: Sequence[Setting] = ()) -> None:
        unknown = {each.name for each in listed} - NAMES
        if unknown:
            message = f"expected settings of RULES 0, found {', '.join(sorted(unknown))}"
            raise ValueError(message)
        self._listed = [replace(each, value=_frozen(each.value)) for each in listed]
        ends = (each.valid_to + timedelta(days=1) for each in self._listed if each.valid_to)
        self.changes: tuple[date, ...] = tuple(
            sorted({*(each.valid_from for each in self._listed if each.valid_from), *ends})
        )
        """The days on which something else begins to hold."""
        self._on: dict[int, Settings] = {}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Thresholds":  # as in Setting
        """Values that hold on every day, over the shipped ones."""
        return cls([*shipped(), *(Setting(name=name, value=value) for name, value in values.items())])

    def on(self, day: date) -> Settings:
        """What holds on a day."""
        epoch = sum(change <= day for change in self.changes)
        found = self._on.get(epoch)
        if found is None:
            values = {
                each.name: each.value
                for each in self._listed
                if (each.valid_from or day) <= day <= (each.valid_to or day)
            }
            found = self._on[epoch] = Settings(**values)
        return found


NAMES: Final = frozenset(field.name for field in fields(Settings))


@cache
def shipped() -> tuple[Setting, ...]:
    """The values that differ from the defaults of RULES 0, as the hub is shipped; none of them does at first."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Setting(
                name=row["name"],
                value=json.loads(row["value"]),
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
            for row in csv.DictReader(lines)
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _frozen(value: Any) -> Any:  # as in Setting
    return tuple(value) if isinstance(value, list) else value
