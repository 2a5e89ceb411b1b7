"""The publisher of an agency's own program against a real broker: order, what is put once, and which receipt is whose."""

import json
import stat
from pathlib import Path

import pytest

from connectors.kafka_publisher import LARGEST_EVENT_BYTES, Publisher
from connectors.outbox import Put
from hub.streams.broker import Broker
from schemas.errors import Misconfigured, OutboxUnavailable
from schemas.topics import events_topic, receipts_topic
from tests.integration.streams.agency_topics import (
    Client,
    answer,
    answer_all,
    client,
    fresh_agency,
    ids,
    locator,
    make_anew,
    receipt,
    records,
    told,
    written,
)
from tests.unit.intake.builders import opened, registration

NOT_JSON = b'{"id": "broken"'


@pytest.fixture
def kafka(broker: Broker) -> Client:
    """How clients reach the broker."""
    return client(broker.address)


@pytest.fixture
def agency(kafka: Client) -> str:
    """The code of an agency with topics of this test alone."""
    return fresh_agency(kafka)


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Where the outbox is, once somebody opens it."""
    return tmp_path / "outbox" / "sent.sqlite"


def test_a_record_is_the_event_as_it_was_put_and_names_nobody(kafka: Client, agency: str, outbox: Path) -> None:
    sent = [written(registration(subject="J1")), written(opened("o1", subject="J1")), NOT_JSON]

    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(sent)
        assert publisher.send() == 3

    found = records(kafka, events_topic(agency))
    keys = {record.value: record.key for record in found}
    assert sorted(record.value for record in found) == sorted(sent)
    assert {tuple(record.headers) for record in found} == {(("content-type", b"application/cloudevents+json"),)}
    assert keys[sent[0]] == keys[sent[1]] != keys[NOT_JSON] is None
    assert len(keys[sent[0]]) == 32


def test_the_order_of_a_person_is_kept_over_batches_and_runs(kafka: Client, agency: str, outbox: Path) -> None:
    events = [opened(f"{place:05}", subject=f"J{place % 40}") for place in range(12_000)]

    for half in (events[:6000], events[6000:]):
        with Publisher(agency, kafka, outbox) as publisher:
            publisher.put(map(written, half))
            publisher.send()

    found = records(kafka, events_topic(agency))
    people: dict[str, list[str]] = {}
    for record in found:
        people.setdefault(json.loads(record.value)["subject"], []).append(json.loads(record.value)["id"])
    assert len(found) == 12_000
    assert {record.partition for record in found} == {0, 1, 2}
    assert all(listed == sorted(listed) for listed in people.values())


def test_an_event_is_put_once_however_it_is_written_and_other_content_for_itself(
    kafka: Client, agency: str, outbox: Path
) -> None:
    event = opened("o1", sequence="7")
    otherwise = json.dumps(dict(reversed(event.items())), indent=2).encode()

    with Publisher(agency, kafka, outbox) as publisher:
        puts = [
            publisher.put([written(event), otherwise]),
            publisher.put([written(event), written({**event, "orgunit": "Farsta"}), NOT_JSON]),
            publisher.put([NOT_JSON, NOT_JSON + b" "]),
        ]
        sent = publisher.send()

    assert puts == [Put(new=1, duplicates=0), Put(new=2, duplicates=0), Put(new=1, duplicates=0)]
    assert sent == len(records(kafka, events_topic(agency))) == 4


def test_what_is_mended_is_another_event_though_it_parses_to_the_same(kafka: Client, agency: str, outbox: Path) -> None:
    flawed = b'{"id": "a", "id": "b", "source": "s"}'

    with Publisher(agency, kafka, outbox) as publisher:
        put = publisher.put([flawed, b'{"id": "b", "source": "s"}', b'\xef\xbb\xbf{"id": "b", "source": "s"}'])

    assert put == Put(new=3, duplicates=0)


def test_each_event_gets_its_receipt_and_a_held_one_another(kafka: Client, agency: str, outbox: Path) -> None:
    accepted, held, rejected = (opened(event_id) for event_id in ("o1", "o2", "o3"))
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, (accepted, held, rejected)), ["f:1", "f:2", "f:3"])
        publisher.send()
        where = {record.value: locator(record) for record in records(kafka, events_topic(agency))}
        first = [
            receipt(accepted, "accepted"),
            receipt(held, "held", "participant_unknown"),
            receipt(rejected, "rejected", "code_unknown"),
            receipt(opened("of another program"), "accepted"),
        ]
        answer(
            kafka,
            agency,
            [
                (each, where.get(written(event), ""))
                for each, event in zip(first, (accepted, held, rejected, {}), strict=True)
            ],
        )
        answers = sorted(publisher.receipts(10), key=lambda each: each.origin)
        again = list(publisher.receipts())
        answer(kafka, agency, [(receipt(held, "accepted"), where[written(held)])])
        later = list(publisher.receipts())

    assert told(answers) == ["accepted o1", "held o2 participant_unknown", "rejected o3 code_unknown"]
    assert [each.origin for each in answers] == ["f:1", "f:2", "f:3"]
    assert answers[0].receipt.recorded_at.isoformat() == "2026-11-20T15:00:00.123456+00:00"
    assert again == []
    assert [(each.number, each.origin) for each in later] == [(answers[1].number, "f:2")]
    assert told(later) == ["accepted o2"]


def test_bytes_that_are_no_event_get_the_receipt_of_their_record(kafka: Client, agency: str, outbox: Path) -> None:
    broken = [NOT_JSON, b"[]"]
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(broken, ["f:1", "f:2"])
        publisher.send()
        where = {record.value: locator(record) for record in records(kafka, events_topic(agency))}
        reasons = {NOT_JSON: "json_syntax", b"[]": "event_not_an_object"}
        answer(
            kafka,
            agency,
            [
                (receipt(None, "rejected", reasons[value], found=str(place)), where[value])
                for place, value in enumerate(reversed(broken))
            ],
        )
        answers = {each.origin: each.receipt.problems[0].reason for each in publisher.receipts(10)}

    assert answers == {"f:1": "json_syntax", "f:2": "event_not_an_object"}


def test_other_content_under_a_taken_id_is_answered_for_itself(kafka: Client, agency: str, outbox: Path) -> None:
    first, other = opened("o1", key="a"), opened("o1", key="b")
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, (first, other)), ["f:1", "f:2"])
        publisher.send()
        where = {record.value: locator(record) for record in records(kafka, events_topic(agency))}
        answer(
            kafka,
            agency,
            [
                (receipt(other, "rejected", "conflicting_duplicate"), where[written(other)]),
                (receipt(first, "accepted"), where[written(first)]),
            ],
        )
        answers = sorted((each.origin, each.receipt.status) for each in publisher.receipts(10))

    assert answers == [("f:1", "accepted"), ("f:2", "rejected")]


def test_what_was_told_stays_told_in_the_next_run_and_what_was_not_is_told_then(
    kafka: Client, agency: str, outbox: Path
) -> None:
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, (opened("o1"), opened("o2"))))
        publisher.send()
        answer_all(kafka, agency, "accepted")
        one = next(publisher.receipts(10))

    with Publisher(agency, kafka, outbox) as publisher:
        rest = told(publisher.receipts())
        nothing = told(publisher.receipts())

    assert one.receipt.id in {"o1", "o2"}
    assert sorted(rest) == ["accepted o1", "accepted o2"]
    assert nothing == []


def test_a_rejected_event_is_told_again_and_sent_again_when_asked(kafka: Client, agency: str, outbox: Path) -> None:
    event = opened("o1")
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put([written(event)], ["monday:1"])
        publisher.send()
        answer_all(kafka, agency, "rejected", "type_not_authorised")
        assert told(publisher.receipts(10)) == ["rejected o1 type_not_authorised"]

    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put([written(event)], ["tuesday:1"])
        unchanged = publisher.send(), [(each.origin, each.receipt.status) for each in publisher.receipts()]
        publisher.put([written(event)], again=True)
        sent_again = publisher.send()
        [_, second] = records(kafka, events_topic(agency))
        answer(kafka, agency, [(receipt(event, "accepted"), locator(second))])
        answered = told(publisher.receipts(10))

    assert unchanged == (0, [("tuesday:1", "rejected")])
    assert (sent_again, answered) == (1, ["accepted o1"])


def test_what_the_hub_had_taken_or_refused_before_stands_when_it_says_nothing_new(
    kafka: Client, agency: str, outbox: Path
) -> None:
    accepted, refused = opened("o1"), opened("o2")
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, (accepted, refused)))
        publisher.send()
        answer(kafka, agency, [(receipt(accepted, "accepted"), ""), (receipt(refused, "rejected", "code_unknown"), "")])
        list(publisher.receipts(10))

        publisher.put([written({**accepted, "traceparent": "00-1"}), written(refused)], again=True)
        sent = publisher.send()
        answers = told(publisher.receipts(30))

    assert sent == 2
    assert sorted(answers) == ["duplicate o1", "rejected o2 code_unknown"]


def test_what_has_no_receipt_is_sent_again_when_asked(kafka: Client, agency: str, outbox: Path) -> None:
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, (opened("o1"), opened("o2"))))
        publisher.send()
        assert told(publisher.receipts(0)) == []
        assert (publisher.unsent, publisher.waiting) == (0, 2)

        assert (publisher.send(), publisher.send(again=True)) == (0, 2)

    assert sorted(ids(records(kafka, events_topic(agency)))) == ["o1", "o1", "o2", "o2"]


@pytest.mark.parametrize("since", [0, 50], ids=["shorter", "longer"])
def test_receipts_of_a_topic_that_was_made_anew_are_read_from_its_beginning(
    kafka: Client, agency: str, outbox: Path, since: int
) -> None:
    others = [(receipt(opened(f"x{place}"), "accepted"), "") for place in range(50)]
    make_anew(kafka, receipts_topic(agency))
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put([written(opened("o1"))])
        publisher.send()
        answer(kafka, agency, others[:10])
        answer_all(kafka, agency, "accepted")
        assert told(publisher.receipts(10)) == ["accepted o1"]

        publisher.put([written(opened("o2"))])
        publisher.send()
        make_anew(kafka, receipts_topic(agency))
        answer(kafka, agency, [(receipt(opened("o2"), "accepted"), ""), *others[:since]])

        assert told(publisher.receipts(10)) == ["accepted o2"]
        answer(kafka, agency, others)
        assert told(publisher.receipts()) == []


def test_receipts_of_an_outbox_that_was_lost_are_found_again(kafka: Client, agency: str, outbox: Path) -> None:
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put([written(opened("o1"))])
        publisher.send()
        answer_all(kafka, agency, "accepted")

    with Publisher(agency, kafka, outbox.with_name("new.sqlite")) as publisher:
        publisher.put([written(opened("o1"))])
        publisher.send()
        answers = told(publisher.receipts(10))

    assert answers == ["accepted o1"]


def test_the_outbox_is_private_and_forgets_what_was_answered_for_good(kafka: Client, agency: str, outbox: Path) -> None:
    events = [opened(event_id, label=f"hemligt {event_id}") for event_id in ("o1", "o2", "o3", "o4")]
    with Publisher(agency, kafka, outbox) as publisher:
        publisher.put(map(written, events[:3]))
        publisher.send()
        answer(
            kafka,
            agency,
            [(receipt(events[0], "accepted"), ""), (receipt(events[1], "held", "participant_unknown"), "")],
        )
        list(publisher.receipts(1))
        publisher.put([written(events[3])])
        modes = {stat.S_IMODE(each.stat().st_mode) for each in outbox.parent.iterdir()}
        during = kept(outbox)

    assert modes == {0o600}
    assert during == {"o1", "o2", "o3", "o4"}
    assert kept(outbox) == {"o2", "o3", "o4"}


def test_an_outbox_is_for_one_program_at_a_time_and_for_one_agency(outbox: Path) -> None:
    with (
        Publisher("af", client("127.0.0.1:1"), outbox),
        pytest.raises(OutboxUnavailable, match="another program has open"),
    ):
        Publisher("af", client("127.0.0.1:1"), outbox)
    with pytest.raises(Misconfigured, match=r"expected the outbox of jobbtorg in .*, found that of af"):
        Publisher("jobbtorg", client("127.0.0.1:1"), outbox)


def test_a_file_that_is_no_outbox_is_told(outbox: Path) -> None:
    outbox.parent.mkdir()
    outbox.write_bytes(b"not a database" * 100)

    with pytest.raises(OutboxUnavailable, match="found DatabaseError: file is not a database"):
        Publisher("af", client("127.0.0.1:1"), outbox)


@pytest.mark.parametrize(
    ("agency_code", "more", "told_of"),
    [
        ("af", {"acks": 1}, "acks"),
        ("af", {"enable_idempotence": False}, "enable_idempotence"),
        ("af", {"bootstrap_server": "127.0.0.1:1"}, "bootstrap_server"),
        ("åre kommun", {}, "10 characters of another kind"),
    ],
)
def test_settings_with_which_something_could_be_lost_are_refused(
    outbox: Path, agency_code: str, more: Client, told_of: str
) -> None:
    with pytest.raises(Misconfigured, match=told_of):
        Publisher(agency_code, {**client("127.0.0.1:1"), **more}, outbox)
    assert not outbox.exists()


def test_an_event_that_no_record_holds_is_refused_with_all_that_were_put_with_it(outbox: Path) -> None:
    with Publisher("af", client("127.0.0.1:1"), outbox) as publisher:
        with pytest.raises(ValueError, match="found one of 1000001; nothing was put"):
            publisher.put([written(opened()), b"x" * (LARGEST_EVENT_BYTES + 1)])
        assert publisher.unsent == 0


def kept(outbox: Path) -> set[str]:
    """The ids of the events whose content stands somewhere in the folder."""
    content = b"".join(each.read_bytes() for each in outbox.parent.iterdir())
    return {event_id for event_id in ("o1", "o2", "o3", "o4") if f"hemligt {event_id}".encode() in content}
