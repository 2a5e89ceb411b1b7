"""How many statements the hub sends, printed for orientation; the tests hold them constant."""

from collections.abc import Iterator
from itertools import islice

import orjson

from benchmarks.agency import AGENCY, registration, reports
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.access.policy import Reader
from hub.intake.reading import CallRefused, read_batch
from hub.run.hub import Hub
from hub.run.ingest import delivery
from hub.run.models import TIMELINE
from hub.run.opening import Question
from hub.run.project import project
from hub.run.reading import Timeline, open_timeline
from hub.run.steps import receive
from schemas.event_type import JsonObject
from schemas.receipts import Receipt
from tests.queries import counted_queries

_BATCH = 1000


def measure_queries(stage: Stage) -> Iterator[Row]:
    """One batch through intake and one timeline page, the second time each, when everything is prepared."""
    stage.step("counting queries")
    with stage.database() as database, stage.hub(database) as hub:
        events = reports("Q", 3 * _BATCH)
        person = _send(hub, [registration("Q")])[0].participant_id
        assert person is not None
        _send(hub, list(islice(events, _BATCH)))
        with counted_queries(hub) as of_ten:
            _send(hub, list(islice(events, 10)))
        with counted_queries(hub) as of_batch:
            _send(hub, list(islice(events, _BATCH)))
        while project(hub, TIMELINE):
            pass
        reader = Reader(agency=AGENCY, name="benchmark", channel="api")
        question = Question(participant_id=person, purpose="planning", limit=500)
        assert isinstance(open_timeline(hub, reader, question), Timeline)
        with counted_queries(hub) as of_page:
            assert isinstance(open_timeline(hub, reader, question), Timeline)
    beside = f"{len(of_ten)} for a batch of 10; the tests hold it constant"
    yield row("queries", f"statements for a batch of {_BATCH} in intake", beside, "", [len(of_batch)])
    yield row("queries", "statements for a timeline page", "the tests hold it constant", "", [len(of_page)])


def _send(hub: Hub, events: list[JsonObject]) -> list[Receipt]:
    contents = read_batch(orjson.dumps(events))
    assert not isinstance(contents, CallRefused)
    return receive(hub, [delivery(hub, AGENCY, f"bench#{at}", content) for at, content in enumerate(contents)])
