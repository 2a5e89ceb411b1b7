"""C1 and C2 against a calendar of quarter hours, written here day by day without anything of the hub's."""

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.event_type import JsonObject
from tests.unit.projections.builders import AF, JOBBTORG
from tests.unit.projections.planning import found, line, plan, true_on

MADE = date(2026, 11, 30)
LAST = date(2027, 1, 17)
RED = {
    date(2026, 12, 24),
    date(2026, 12, 25),
    date(2026, 12, 26),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 1, 6),
}
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ACTIVITIES = ("aub", "syv", "validering", "motiverande", "praktik", "rehabilitering")
DAYS = [MADE + timedelta(days=number) for number in range((LAST - MADE).days + 1)]


@st.composite
def lines(draw: st.DrawFn) -> list[JsonObject]:
    """Up to six lines, each an activity of its own so that none is another's equal."""
    made: list[JsonObject] = []
    for number, activity in enumerate(ACTIVITIES[: draw(st.integers(2, len(ACTIVITIES)))]):
        begins = draw(st.integers(0, 40))
        fields: JsonObject = {"from": (MADE + timedelta(days=begins)).isoformat()}
        fields["to"] = (MADE + timedelta(days=begins + draw(st.integers(0, 20)))).isoformat()
        if draw(st.booleans()):
            fields["hours"] = draw(st.integers(1, 30))
        fields["week"] = [
            f"{NAMES[draw(st.integers(0, 6))]} {start // 4:02}:{start % 4 * 15:02}-{end // 4:02}:{end % 4 * 15:02}"
            for start in [draw(st.integers(32, 60))]
            for end in [start + draw(st.integers(1, 12))]
            for _ in range(1)
        ]
        fields["obligation"] = draw(st.sampled_from(("must", "must", "should")))
        made.append(line(f"l{number}", activity, **fields))
    return made


def quarters(each: JsonObject, day: date) -> set[int]:
    """The quarter hours of a day that a line takes."""
    if not date.fromisoformat(each["from"]) <= day <= date.fromisoformat(each["to"]):
        return set()
    taken: set[int] = set()
    for text in each["week"]:
        name, clock = text.split(" ")
        start, end = (int(part[:2]) * 4 + int(part[3:]) // 15 for part in clock.split("-"))
        if NAMES[day.weekday()] == name:
            taken |= set(range(start, end))
    return taken


def hours_of(each: JsonObject) -> float:
    """What a line asks for in a week."""
    if "hours" in each:
        return float(each["hours"])
    whole = sum(
        (int(clock[6:8]) * 60 + int(clock[9:])) - (int(clock[:2]) * 60 + int(clock[3:5]))
        for clock in (text.split(" ")[1] for text in each["week"])
    )
    return whole / 60


def clashes(given_lines: list[JsonObject], today: date) -> set[tuple[str, ...]]:
    """Pairs that meet in a quarter hour of a day from today on that is not red."""
    must = [each for each in given_lines if each["obligation"] == "must"]
    return {
        (one["key"], other["key"])
        for one, other in combinations(must, 2)
        if any(quarters(one, day) & quarters(other, day) for day in DAYS if day >= today and day not in RED)
    }


def too_much(given_lines: list[JsonObject], today: date) -> set[tuple[str, ...]]:
    """Sets of lines of a working day from today on that are more than 40 hours and in no larger such set."""
    sets = {
        frozenset(each["key"] for each in held)
        for day in DAYS
        if day >= today and day.weekday() < 5 and day not in RED
        for held in [
            [
                each
                for each in given_lines
                if each["obligation"] == "must"
                and date.fromisoformat(each["from"]) <= day <= date.fromisoformat(each["to"])
            ]
        ]
        if sum(map(hours_of, held)) > 40
    }
    return {tuple(sorted(each)) for each in sets if not any(each < other for other in sets)}


@settings(deadline=None, derandomize=True, max_examples=150)
@given(lines(), st.integers(0, len(DAYS) - 1))
def test_clashes_and_too_full_weeks_are_those_of_a_calendar_of_quarter_hours(
    given_lines: list[JsonObject], at: int
) -> None:
    halves = given_lines[::2], given_lines[1::2]
    events = [plan(source, MADE.isoformat(), half) for source, half in zip((AF, JOBBTORG), halves, strict=True)]

    assert true_on(found(events, "C1"), DAYS[at]) == clashes(given_lines, DAYS[at])
    assert true_on(found(events, "C2"), DAYS[at]) == too_much(given_lines, DAYS[at])
