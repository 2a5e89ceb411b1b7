"""The smallest change of weekly times that removes clashes and fills the week: always a proposal, never applied (RULES 4).

An exact search: ever more lines are moved, each occurrence to every quarter hour that can still be better than the best
found. Whoever asks sees why; a person decides (GDPR 22).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.firmness import firmness
from projections.joint_plan.lines import MUST, VOLUNTARY
from projections.joint_plan.periods import holds, shared_period
from projections.joint_plan.rules.c8 import asking_for_full_time
from projections.joint_plan.slots import Slot
from projections.joint_plan.spells import Item
from projections.joint_plan.weeks import Span, common, hours, merged
from projections.joint_plan.workdays import is_red, next_working_day
from schemas.fields import DAYS

_DAY: Final = 24 * 60
_FIRM: Final = 3
_MOST_STEPS: Final = 400_000
_WEEKS: Final = 53
Week = tuple[Span, ...]
Cost = tuple[int, float, int, int, int, tuple[tuple[str, Week], ...]]
"""C1 findings, hours missing in C8, lines changed, of them agreed ones, minutes moved, and the weeks to settle a tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Between which times of which days a line may be moved to; minutes of the day, Monday is 0."""

    first: int = 7 * 60
    last: int = 18 * 60
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    step: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """New weekly times of one line."""

    item: Item
    label: str | None
    activity: str
    responsible: str
    before: Week
    after: Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What would be better; counts before and after. `is_smallest`: the search saw every other change."""

    moves: tuple[Move, ...]
    clashes: tuple[int, int]
    missing_hours: tuple[float, float]
    minutes_moved: int
    is_smallest: bool


def suggest(
    plan: Composition, may_use: Callable[[Slot], bool] = lambda _: True, allowed: Hours | None = None
) -> Suggestion | None:
    """The smallest change as of the plan's day, among the lines that may be used; None: nothing better is to be had."""
    used = [slot for slot in plan.slots if slot.obligation != VOLUNTARY and slot.week and may_use(slot)]
    search = _Search(plan, used, allowed or Hours())
    return search.run()


@dataclass(slots=True)
class _Search:
    plan: Composition
    used: Sequence[Slot]
    allowed: Hours
    full: float = 0
    meet: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    """On which weekdays two lines can clash at all: days of both periods from today on that are not red."""
    held: frozenset[int] = frozenset()
    best: Cost = (0, 0.0, 0, 0, 0, ())
    steps: int = 0

    def run(self) -> Suggestion | None:
        """Move one line, two, and so on, until nothing can be better."""
        self._prepare()
        weeks = [slot.week for slot in self.used]
        start = self.best = self._cost(weeks)
        movable = [at for at, slot in enumerate(self.used) if _is_movable(slot)]
        for size in range(1, len(movable) + 1):
            if self.best[:2] <= self._floor(movable, weeks):
                break
            for chosen in combinations(movable, size):
                self._arrange(chosen, weeks)
        if self.best[:2] >= start[:2]:
            return None
        after = dict(self.best[-1])
        moves = [
            Move(
                item=slot.item,
                label=slot.label,
                activity=slot.activity,
                responsible=slot.responsible,
                before=slot.week,
                after=after[slot.item.name],
            )
            for slot in self.used
            if slot.item.name in after
        ]
        return Suggestion(
            moves=tuple(moves),
            clashes=(start[0], self.best[0]),
            missing_hours=(start[1], self.best[1]),
            minutes_moved=self.best[4],
            is_smallest=self.steps < _MOST_STEPS,
        )

    def _prepare(self) -> None:
        day = next_working_day(self.plan.day)
        asked = asking_for_full_time(self.plan)
        unplaced = sum(
            slot.load for slot in self.plan.slots if not slot.week and slot.obligation != VOLUNTARY and holds(slot, day)
        )
        self.full = max(0.0, self.plan.settings.full_week_hours - unplaced) if asked else 0.0
        self.held = frozenset(at for at, slot in enumerate(self.used) if holds(slot, day) and not slot.proposed)
        for one, other in combinations(range(len(self.used)), 2):
            if self.used[one].obligation == self.used[other].obligation == MUST:
                self.meet[one, other] = self._meeting_days(self.used[one], self.used[other])

    def _meeting_days(self, one: Slot, other: Slot) -> frozenset[int]:
        first, last = shared_period(one, other)
        first = max(first, self.plan.day)
        found: set[int] = set()
        for number in range(7 * _WEEKS):
            day = first + timedelta(days=number)
            if (last is not None and day > last) or len(found) == len(DAYS):
                break
            if not is_red(day):
                found.add(day.weekday())
        return frozenset(found)

    def _clash(self, one: int, other: int, mine: Week, theirs: Week) -> bool:
        days = self.meet.get((min(one, other), max(one, other)), frozenset())
        return any(start // _DAY in days for start, _ in common(mine, theirs))

    def _missing(self, weeks: Sequence[Week]) -> float:
        if not self.full:
            return 0.0
        return max(0.0, self.full - hours(merged(span for at in self.held for span in weeks[at])))

    def _cost(self, weeks: Sequence[Week]) -> Cost:
        clashes = sum(self._clash(one, other, weeks[one], weeks[other]) for one, other in self.meet)
        changed = [at for at, slot in enumerate(self.used) if weeks[at] != slot.week]
        minutes = sum(_moved(self.used[at].week, weeks[at]) for at in changed)
        agreed = self._agreed(changed)
        named = tuple(sorted((self.used[at].item.name, weeks[at]) for at in changed))
        return clashes, self._missing(weeks), len(changed), agreed, minutes, named

    def _agreed(self, changed: Sequence[int]) -> int:
        """How many of these lines an adopted version holds."""
        held = self.plan.agreement.held
        return 0 if held is None else sum(self.used[at].place <= held.proposed.place for at in changed)

    def _floor(self, movable: Sequence[int], weeks: Sequence[Week]) -> tuple[int, float]:
        """What no move of these can be better than."""
        fixed = [at for at in range(len(weeks)) if at not in movable]
        clashes = sum(self._clash(one, other, weeks[one], weeks[other]) for one, other in combinations(fixed, 2))
        if not self.full:
            return clashes, 0.0
        there = hours(merged(span for at in fixed if at in self.held for span in weeks[at]))
        there += sum(hours(weeks[at]) for at in movable if at in self.held)
        return clashes, max(0.0, self.full - there)

    def _arrange(self, chosen: Sequence[int], weeks: Sequence[Week]) -> None:
        """Try every arrangement of some lines, the nearest first, as long as it can be better than the best."""
        floor, agreed = self._floor(chosen, weeks), self._agreed(chosen)
        tried = [() if at in chosen else week for at, week in enumerate(weeks)]
        places = [(at, span) for at in chosen for span in weeks[at]]
        options = [_near(span, self.allowed) for _, span in places]
        clean = [
            min((far for far, begins in near if not self._clashing(at, _put(begins, span), tried)), default=0)
            for (at, span), near in zip(places, options, strict=True)
        ]
        rest = [sum(clean[depth:]) for depth in range(len(clean) + 1)]

        def hopeless(depth: int, clashes: int, minutes: int) -> bool:
            """Whether what is placed, and what the rest must cost at least where no clash is left to spare, is no better."""
            still = rest[depth] if self.best[0] <= floor[0] + clashes else 0
            return (floor[0] + clashes, floor[1], len(chosen), agreed, minutes + still) > self.best[:5]

        def place(depth: int, clashing: frozenset[tuple[int, int]], minutes: int) -> None:
            if depth == len(places):
                self.best = min(self.best, self._cost(tried))
                return
            at, span = places[depth]
            before = tried[at]
            for far, begins in options[depth]:
                self.steps += 1
                if self.steps > _MOST_STEPS or hopeless(depth + 1, len(clashing), minutes + far):
                    break
                if before and begins // _DAY <= before[-1][0] // _DAY:
                    continue
                put = _put(begins, span)
                now = clashing | {(at, other) for other in self._clashing(at, put, tried)}
                if not hopeless(depth + 1, len(now), minutes + far):
                    tried[at] = (*before, put)
                    place(depth + 1, now, minutes + far)
            tried[at] = before

        place(0, frozenset(), 0)

    def _clashing(self, at: int, put: Span, tried: Sequence[Week]) -> list[int]:
        """The lines that an occurrence clashes with, as they are placed so far."""
        return [other for other, week in enumerate(tried) if other != at and self._clash(at, other, (put,), week)]


def _is_movable(slot: Slot) -> bool:
    """Firmness 0 to 2, or said to be movable; never what is said not to be."""
    return slot.movable if slot.movable is not None else firmness(slot.activity) < _FIRM


def _moved(before: Week, after: Week) -> int:
    return sum(abs(new[0] - old[0]) for old, new in zip(before, after, strict=True))


def _put(begins: int, span: Span) -> Span:
    """The occurrence at another time, as long as before."""
    return begins, begins + span[1] - span[0]


def _near(span: Span, allowed: Hours) -> list[tuple[int, int]]:
    """Where an occurrence may begin, with the minutes that it is moved, the nearest first."""
    length = span[1] - span[0]
    return sorted(
        (abs(day * _DAY + minute - span[0]), day * _DAY + minute)
        for day in allowed.days
        for minute in range(allowed.first, allowed.last - length + 1, allowed.step)
    )


def as_texts(week: Week) -> list[str]:
    """`tue 13:00-15:00` for each occurrence."""
    return [f"{DAYS[start // _DAY]} {_clock(start % _DAY)}-{_clock((end - 1) % _DAY + 1)}" for start, end in week]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
