"""The joint plan: proposed, answered line by line, adopted, absorbing the agencies' own plans, superseded and closed (RULES 3).

A version is named by its number for the participant, a line as `LineName` says.
"""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import (
    AgencyCode,
    CodeText,
    End,
    Hours,
    Label,
    LineName,
    Obligation,
    Percent,
    Start,
    Text,
    Version,
    Week,
)
from schemas.vocabulary import DataClass, Domain


class Change(EventData):
    """What shall hold for one line instead of what its sources say."""

    line: LineName
    from_: Start = None
    to: End = None
    week: Week | None = None
    hours: Hours | None = None
    scope: Percent | None = None
    obligation: Obligation | None = None
    responsible: AgencyCode | None = None
    conditions: Text | None = None


Changes = Annotated[tuple[Change, ...], Field(max_length=300)]
Pair = Annotated[tuple[LineName, ...], Field(min_length=2, max_length=2)]


class Proposed(EventData):
    """The process owner proposes a version: the lines as they are composed, with these changes."""

    version: Version
    changes: Changes | None = None
    label: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Answered(EventData):
    """A party agrees or objects to one line, or to `all`. `line_hash` binds the answer to what was shown."""

    version: Version
    party: AgencyCode
    line: LineName
    answer: Annotated[CodeText, Code("line_answer")]
    line_hash: Label | None = None
    reason: Text | None = None
    words: Text | None = None
    unit: Label | None = None


class Adopted(EventData):
    """The process owner adopts a version; `reason` says why it is adopted with an objection standing."""

    version: Version
    reason: Text | None = None
    unit: Label | None = None
    note: Text | None = None


class Absorbed(EventData):
    """An agency's plan lives on in the version: nobody works by it any more."""

    version: Version
    plan: LineName
    unit: Label | None = None


class OfVersion(EventData):
    """About a whole version."""

    version: Version
    reason: Text | None = None
    unit: Label | None = None
    note: Text | None = None


class ChangeProposed(EventData):
    """A partner proposes a change; the process owner decides."""

    changes: Changes
    reason: Text | None = None
    unit: Label | None = None


class ChangeDecided(EventData):
    """The process owner took a proposed change, or not; `proposal` is the id of its event."""

    proposal: Label
    outcome: Annotated[CodeText, Code("change_outcome")]
    reason: Text | None = None
    unit: Label | None = None


class Paired(EventData):
    """A caseworker's word about two lines; the latest word about a pair holds."""

    lines: Pair
    reason: Text | None = None
    unit: Label | None = None


FAMILY = Family(
    name="joint_plan",
    title_sv="gemensam plan",
    title_en="a joint plan",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("proposed", "Gemensam plan föreslagen", "Joint plan proposed", model=Proposed),
    FAMILY.event("revised", "Förslag till gemensam plan ändrat", "Proposed joint plan revised", model=Proposed),
    FAMILY.event("answered", "Gemensam plan: svar på en rad", "Joint plan: answer to a line", model=Answered),
    FAMILY.event("adopted", "Gemensam plan fastställd", "Joint plan adopted", model=Adopted),
    FAMILY.event("absorbed", "Plan ingår i gemensam plan", "Plan absorbed into joint plan", model=Absorbed),
    FAMILY.event("acknowledged", "Gemensam plan: besked mottaget", "Joint plan: notice received", model=OfVersion),
    FAMILY.event("superseded", "Gemensam plan ersatt", "Joint plan superseded", model=OfVersion),
    FAMILY.event("closed", "Gemensam plan avslutad", "Joint plan closed", model=OfVersion),
    FAMILY.event(
        "change_proposed", "Ändring av gemensam plan föreslagen", "Change of joint plan proposed", model=ChangeProposed
    ),
    FAMILY.event("change_decided", "Föreslagen ändring avgjord", "Proposed change decided", model=ChangeDecided),
    FAMILY.event("lines_joined", "Två rader är samma sak", "Two lines are the same", model=Paired),
    FAMILY.event("lines_separated", "Två rader är olika saker", "Two lines are not the same", model=Paired),
)
