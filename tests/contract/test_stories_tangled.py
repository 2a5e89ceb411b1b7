"""Stories in which the two ways once told different things, or the wrong one; each is told both ways."""

from pathlib import Path

import pytest
import yaml

from hub.store.embedded import Cluster
from hub.tryout.compare import compare
from hub.tryout.pure import PureHub
from hub.tryout.shape import mistakes
from hub.tryout.story import Story
from tests.contract.real_hub import real_hub
from tests.databases import fresh_database

STORIES = yaml.safe_load("""
- case: a number in use is repaired by sending the same id with another
  says: An id that was refused for its number is no longer refused once it is taken.
  story:
    - {agency: af, received: 2026-11-20T09:00, event: conversation.held, key: a, seq: 1}
    - {agency: af, received: 2026-11-20T09:01, event: conversation.held, key: b, seq: 1}
    - {agency: af, received: 2026-11-20T09:02, event: conversation.held, key: b2, id: b, seq: 2}
  expect:
    - {known_at: 2026-11-20T09:01, receipts: {rejected: {b: sequence_reused}}, sources: {af: {rejected: 1}}}
    - {receipts: {accepted: [a, b2]}, sources: {af: {rejected: 0, state: complete, complete_to: 2026-11-20T09:02}}}

- case: what was refused for its content and now for its id keeps its first answer
  says: The look back still counts the number of the first delivery.
  story:
    - {agency: af, received: 2026-11-20T09:00, event: enrolment.opened, key: wrong, of: e, seq: 1, programme: astronaut}
    - {agency: af, received: 2026-11-20T09:05, event: enrolment.opened, key: right, id: wrong, of: e, seq: 2, programme: jug}
    - {agency: af, received: 2026-11-20T09:10, again: wrong, key: wrong-again}
  expect:
    - {known_at: 2026-11-20T09:01, sources: {af: {state: complete, complete_to: 2026-11-20T09:00, rejected: 1}}}
    - receipts: {rejected: {wrong: code_unknown, wrong-again: conflicting_duplicate}, accepted: [right]}
      sources: {af: {state: complete, complete_to: 2026-11-20T09:05, missing_sequences: [], rejected: 1}}

- case: a held id that is also sent with other content is both held and refused
  says: A conflict says nothing about what waits.
  story:
    - {agency: af, subject: nobody, received: 2026-11-20T09:00, event: conversation.held, key: a}
    - {agency: af, subject: nobody, received: 2026-11-20T09:01, event: conversation.held, key: a2, id: a, place: Farsta}
  expect:
    - {receipts: {held: [a], rejected: {a2: conflicting_duplicate}}, sources: {af: {held: 1, rejected: 1}}}

- case: what is refused when it is released was held until then
  says: Looking back, the correction waits and is not refused yet.
  story:
    - {agency: af, subject: A1, received: 2026-11-20T09:00, event: participant.registered, key: r1, protection: none, identifiers: [{personal_number: 19860101-2381}]}
    - {agency: af, subject: A1, received: 2026-11-20T09:01, event: enrolment.opened, key: o, of: e, programme: jug}
    - {agency: af, subject: A2, received: 2026-11-20T09:02, event: enrolment.corrected, key: c, replaces: o, reason: "?", programme: job}
    - {agency: af, subject: A2, received: 2026-11-20T09:03, event: participant.registered, key: r2, protection: none, identifiers: [{personal_number: 19790101-2398}]}
  expect:
    - {known_at: 2026-11-20T09:02, receipts: {held: [c]}, sources: {af: {held: 1, rejected: 0}}}
    - {receipts: {rejected: {c: correction_changes_subject}}, sources: {af: {held: 0, rejected: 1}}}

- case: a registration is taken back under another reference to the same person
  says: The reference that it bound means nobody any more.
  story:
    - {agency: af, subject: A1, received: 2026-11-20T09:00, event: participant.registered, key: r1, protection: none, identifiers: [{personal_number: 19860101-2381}]}
    - {agency: af, subject: A2, received: 2026-11-20T09:01, event: participant.registered, key: r2, protection: none, identifiers: [{personal_number: 19860101-2381}]}
    - {agency: af, subject: A1, received: 2026-11-20T09:02, event: participant.retracted, key: x, replaces: r2, reason: twice}
    - {agency: af, subject: A2, received: 2026-11-20T09:03, event: conversation.held, key: c}
  expect:
    - {known_at: 2026-11-20T09:01, participants: [["af#A1", "af#A2"]]}
    - {participants: [["af#A1"]], receipts: {held: [c]}}

- case: a level of protection goes with the registration under which it was said
  says: Nobody is protected or unprotected by what was said of somebody else.
  story:
    - {agency: af, subject: A1, received: 2026-11-20T09:00, event: participant.registered, key: a, protection: none, identifiers: [{personal_number: 19860101-2381}]}
    - {agency: sfi, subject: S1, received: 2026-11-20T09:01, event: participant.registered, key: s, protection: none, identifiers: [{personal_number: 19860101-2381}]}
    - {agency: sfi, subject: S1, received: 2026-11-20T09:02, event: participant.protection_changed, key: up, protection: sekretessmarkering}
    - {agency: sfi, subject: S1, received: 2026-11-20T09:03, event: participant.retracted, key: x, replaces: s, reason: wrong person}
  expect:
    - {participants: [["af#A1"]], protection: none}

- case: a heartbeat that was refused says nothing about its source
  says: The caseworker is told what the source last said and the hub took.
  authorisations: [{agency: af, event: source.heartbeat, from: 2026-11-01, to: 2026-11-20}, {agency: af, event: participant.registered}]
  story:
    - {agency: af, received: 2026-11-20T09:00, event: source.heartbeat, key: h1, complete_to: 2026-11-20T08:55}
    - {agency: af, received: 2026-11-21T08:00, event: source.heartbeat, key: h2, complete_to: 2026-11-21T07:55}
  expect:
    - {receipts: {rejected: {h2: type_not_authorised}}, sources: {af: {complete_to: 2026-11-20T08:55, state: complete, rejected: 1}}}

- case: a source that sends and registers nobody has a timeline of nobody
  says: Heartbeats are about no person.
  story:
    - {agency: af, subject: nobody, received: 2026-11-20T09:00, event: source.heartbeat, key: h, complete_to: 2026-11-20T08:55}
  expect:
    - {shown: [], participants: [], receipts: {accepted: [h]}, log: [h]}
""")


@pytest.mark.parametrize("given", STORIES, ids=lambda given: given["case"])
def test_a_tangled_story_comes_out_as_it_says_both_ways(
    cluster: Cluster, tmp_path: Path, given: dict[str, object]
) -> None:
    assert mistakes(given) == []
    story = Story(str(given["case"]), given)
    pure = PureHub(story)
    pure.play()

    with fresh_database(cluster) as database, real_hub(story, database, tmp_path) as real:
        real.play()
        found = (compare(story, pure.observe), compare(story, real.look_back))

    assert found == ([], [])
