"""C7: more than two weeks in which nothing that is asked for happens; weekends and red days count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import MEETING, VOLUNTARY, SourceLine
from projections.joint_plan.rules.truth import Named, Truth, truth
from projections.timeline.spells import Pause

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Filled:
    """Days in a row on which a line asks for something; `last` None: without end."""

    line: SourceLine
    first: date
    last: date | None


def c7(plan: Composition) -> Iterator[Truth]:
    """One finding for each run of empty days, found some weeks ahead and until it is over."""
    filled = [each for line in plan.lines if _counts(line, plan.day) for each in _filled(line)]
    begins = [each.first for each in filled] + [each.from_ for each in plan.open_enrolments[:1]]
    if not begins:
        return
    for first, last in _empty(filled, min(begins), endless=bool(plan.open_enrolments)):
        days = None if last is None else (last - first).days + 1
        if days is not None and days <= plan.settings.gap_days:
            continue
        around = _around(filled, first, last)
        things: list[Named] = [*around] or list(plan.open_enrolments[:1])
        if things:
            yield truth(
                things,
                resolver=plan.resolver,
                working_days=5,
                from_=first - timedelta(days=plan.settings.gap_ahead_days),
                to=last,
                date=first.isoformat(),
                days=days,
            )


def _counts(line: SourceLine, day: date) -> bool:
    proposed = line.proposed and (line.ended is None or line.ended > day)
    return line.obligation != VOLUNTARY and line.activity != MEETING and not proposed


def _filled(line: SourceLine) -> Iterator[_Filled]:
    """The line's period without its pauses."""
    at: date = line.from_
    for begins, ends in _in_order(line.pauses):
        if line.to is not None and begins > line.to:
            break
        if begins > at:
            yield _Filled(line, at, begins - _ONE_DAY)
        if ends is None:
            return
        at = max(at, ends + _ONE_DAY)
    if line.to is None or at <= line.to:
        yield _Filled(line, at, line.to)


def _in_order(pauses: Sequence[Pause]) -> list[Pause]:
    return sorted(pauses, key=lambda pause: pause[0])


def _empty(filled: Sequence[_Filled], begins: date, *, endless: bool) -> Iterator[tuple[date, date | None]]:
    """The runs of empty days from `begins` on; after the last line there is one only while an enrolment is open."""
    at: date | None = begins
    for each in sorted(filled, key=lambda each: each.first):
        if at is None:
            return
        if each.first > at:
            yield at, each.first - _ONE_DAY
        at = None if each.last is None else max(at, each.last + _ONE_DAY)
    if at is not None and endless:
        yield at, None


def _around(filled: Sequence[_Filled], first: date, last: date | None) -> list[SourceLine]:
    """The canonically first line that ends the day before, and the one that starts the day after, where there are such."""
    before = [each.line for each in filled if each.last == first - _ONE_DAY]
    after = [each.line for each in filled if last is not None and each.first == last + _ONE_DAY]
    found = [min(lines, key=lambda line: (line.place, line.item.name)) for lines in (before, after) if lines]
    return list({line.item: line for line in found}.values())
