"""The suggestion against every other change there is, on small weeks; and what it may not touch."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations, product
from random import Random

import pytest

from projections.joint_plan.composition import Composition
from projections.joint_plan.suggestion import Hours, Suggestion, as_texts, suggest
from schemas.event_type import JsonObject
from tests.unit.projections.builders import AF, JOBBTORG, said
from tests.unit.projections.planning import composing, line, plan

DAY = date(2026, 11, 23)
SMALL = Hours(first=8 * 60, last=10 * 60 + 30, days=(0, 1, 2), step=30)
NAMES = ("mon", "tue", "wed")
FIXED, LOOSE = ("validering", "rehabilitering"), ("syv", "praktik", "motiverande")
Slot = tuple[int, int, int]
"""Day, first and last minute."""
Weeks = dict[str, tuple[Slot, ...]]


def generated(number: int) -> tuple[list[JsonObject], bool]:
    """Up to two lines that stay and two or three that may be moved; and whether a full week is asked for."""
    chance = Random(number)  # noqa: S311 - the same weeks in every run
    made: list[JsonObject] = []
    for activity in (*chance.sample(FIXED, chance.randint(1, 2)), *chance.sample(LOOSE, chance.randint(2, 3))):
        length = chance.choice((60, 90))
        times = 1 if len(made) > 2 else chance.choice((1, 2))
        week = []
        for day in sorted(chance.sample(range(3), times)):
            start = 8 * 60 + 30 * chance.randint(0, (150 - length) // 30)
            week.append(f"{NAMES[day]} {clock(start)}-{clock(start + length)}")
        must = chance.choice(("must", "must", "should"))
        made.append(line(f"l{len(made)}", activity, week=week, obligation=must, from_="2026-11-02", to="2027-03-26"))
    return made, chance.random() < 0.5


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def read(week: list[str]) -> tuple[Slot, ...]:
    found = []
    for text in week:
        name, times = text.split(" ")
        start, end = (int(part[:2]) * 60 + int(part[3:]) for part in times.split("-"))
        found.append((NAMES.index(name), start, end))
    return tuple(found)


def cost(lines: list[JsonObject], weeks: Weeks, full: float) -> tuple[float, ...]:
    """Clashing pairs of what must be, hours missing, lines changed, minutes moved."""
    clashes = sum(
        any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a in weeks[one["key"]] for b in weeks[other["key"]])
        for one, other in combinations(lines, 2)
        if one["obligation"] == other["obligation"] == "must"
    )
    minutes = {(day, minute) for week in weeks.values() for day, start, end in week for minute in range(start, end)}
    missing = max(0.0, full - len(minutes) / 60)
    moved = {
        each["key"]: sum(
            abs((new[0] - old[0]) * 1440 + new[1] - old[1])
            for old, new in zip(read(each["week"]), weeks[each["key"]], strict=True)
        )
        for each in lines
    }
    return clashes, missing, sum(map(bool, moved.values())), sum(moved.values())


def every_week(each: JsonObject) -> Iterator[tuple[Slot, ...]]:
    """Everything that a line may be moved to."""
    week = read(each["week"])
    if each["activity"] in FIXED:
        yield week
        return
    for days in combinations(range(3), len(week)):
        starts = [range(8 * 60, 10 * 60 + 30 - (end - start) + 1, 30) for _, start, end in week]
        for chosen in product(*starts):
            yield tuple(
                (day, begins, begins + end - start)
                for day, begins, (_, start, end) in zip(days, chosen, week, strict=True)
            )


def composed(lines: list[JsonObject], *, full: bool) -> Composition:
    """The lines as plans of two agencies; a benefit may ask for twelve hours."""
    events = [plan(AF, "2026-11-02", lines[::2]), plan(JOBBTORG, "2026-11-02", lines[1::2])]
    if full:
        events.append(said("benefit.started", "2026-11-02", {"kind": "forsorjningsstod"}, key="fs"))
    return composing(*events).on(DAY)


@pytest.mark.parametrize("number", range(200))
def test_the_suggestion_is_the_best_of_all_changes_of_a_small_week(number: int) -> None:
    lines, full = generated(number)
    asked = 40.0 if full else 0.0
    before = cost(lines, {each["key"]: read(each["week"]) for each in lines}, asked)
    best = min(
        cost(lines, dict(zip([each["key"] for each in lines], weeks, strict=True)), asked)
        for weeks in product(*map(every_week, lines))
    )

    found = suggest(composed(lines, full=full), allowed=SMALL)

    assert summary(found) == (None if best[:2] >= before[:2] else (before[0], *best))


def summary(found: Suggestion | None) -> tuple[float, ...] | None:
    """Clashes before, and what brute force counts."""
    if found is None:
        return None
    assert found.is_smallest
    return (
        found.clashes[0],
        found.clashes[1],
        found.missing_hours[1],
        len(found.moves),
        found.minutes_moved,
    )


def test_the_workshop_gives_way_to_the_lessons_and_moves_no_further_than_it_must() -> None:
    sfi = line("s", "sfi", week=["mon-thu 08:30-12:15"], from_="2026-10-13", to="2027-03-12")
    workshop = line("w", "jobbsok_verkstad", week=["tue 09:00-12:00", "thu 09:00-12:00"], from_="2026-09-08")

    found = suggest(composed([sfi, workshop], full=False))

    assert found is not None
    [move] = found.moves
    assert (move.item.key, as_texts(move.after)) == ("w", ["tue 12:15-15:15", "thu 12:15-15:15"])
    assert (found.clashes, found.minutes_moved, found.is_smallest) == ((1, 0), 390, True)


def test_what_may_not_be_moved_stays_and_nothing_is_suggested() -> None:
    lines = [
        line("a", "sfi", week=["mon 08:30-12:15"], from_="2026-10-13"),
        line("b", "syv", week=["mon 09:00-10:00"], from_="2026-10-13", movable=False),
    ]

    assert suggest(composed(lines, full=False)) is None
