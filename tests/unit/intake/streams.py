"""Random deliveries of two agencies: ids, references, numbers and sequences are few, so that they meet."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from schemas.event_type import JsonObject
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import AF, JOBBTORG, event

NUMBERS = personal_numbers(3)
REFERENCES = ("R1", "R2")
IDS = [f"e{place}" for place in range(8)]
_BEGINS = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
AGENCIES = {JOBBTORG: "jobbtorg", AF: "af"}


@st.composite
def deliveries(draw: st.DrawFn) -> JsonObject:
    """One event."""
    source = draw(st.sampled_from([JOBBTORG, JOBBTORG, AF]))
    more: JsonObject = {
        "source": source,
        "subject": draw(st.sampled_from(REFERENCES)),
        "time": (_BEGINS + timedelta(minutes=draw(st.integers(0, 60)))).isoformat(),
    }
    if draw(st.booleans()):
        more["sequence"] = draw(st.integers(1, 9))
    name, data = draw(_contents(source))
    return event(draw(st.sampled_from(IDS)), name, data, **more, schemaversion=2 if name == "enrolment.opened" else 1)


def _contents(source: str) -> st.SearchStrategy[tuple[str, JsonObject]]:
    identifiers = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2, unique=True).map(
        lambda numbers: [{"type": "personal_number", "value": number} for number in numbers]
    )
    registered = st.builds(
        lambda stated, level: {"identifiers": stated, "protection": level},
        identifiers,
        st.sampled_from(("none", "sekretessmarkering")),
    )
    opened = st.builds(
        lambda key, programme: {"key": key, "programme": programme},
        st.sampled_from("ab"),
        st.sampled_from(("sfi", "jobbtorg", "nowhere")),
    )
    target = st.sampled_from(IDS).map(lambda named: {"replaces": {"source": source, "id": named}, "reason": "wrong"})

    def corrected(name: str, replacement: JsonObject, about: JsonObject) -> JsonObject:
        return {"event": name, "replacement": replacement, **about}

    return st.one_of(
        registered.map(lambda data: ("participant.registered", data)),
        opened.map(lambda data: ("enrolment.opened", data)),
        st.sampled_from("ab").map(lambda key: ("enrolment.closed", {"key": key})),
        target.map(lambda data: ("enrolment.retracted", data)),
        target.map(lambda data: ("participant.retracted", data)),
        st.builds(corrected, st.just("enrolment.opened"), opened, target).map(
            lambda data: ("enrolment.corrected", data)
        ),
        st.builds(corrected, st.just("participant.registered"), registered, target).map(
            lambda data: ("participant.corrected", data)
        ),
    )
