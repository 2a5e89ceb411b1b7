"""Who owns a participant's process on a day (B12): one agency at a time, by the words of assignment and release."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.spells import Standing
from schemas.days import day_of, read_day

ROLE: Final = "process_owner"
_ONE_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Tenure:
    """From its first to its last day; `to` None: until somebody else."""

    agency: str
    from_: date
    to: date | None


def tenures(standing: Standing) -> list[Tenure]:
    """Who owned the process when, in the canonical order. A new owner ends the time of the one before."""
    found: list[Tenure] = []
    for said in standing.points("caseworker"):
        if said.said("role") != ROLE:
            continue
        last = read_day(said.said("to"))
        if said.fact.root.name.endswith("assigned"):
            begins = read_day(said.said("from")) or day_of(said.fact.root.time)
            if found and (found[-1].to is None or found[-1].to >= begins):
                found[-1].to = begins - _ONE_DAY
            found.append(Tenure(said.agency, begins, last))
        elif found and found[-1].agency == said.agency:
            found[-1].to = last or day_of(said.fact.root.time)
    return found


def owner_on(held: Sequence[Tenure], day: date) -> str | None:
    """The owner on a day."""
    return next((each.agency for each in held if each.from_ <= day and (each.to is None or day <= each.to)), None)
