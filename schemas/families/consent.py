"""A consent of the person: a waiver of secrecy for named recipients and domains, which can be withdrawn."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import AgencyCode, CodeText, End, Key, Label, Start, Text
from schemas.vocabulary import DataClass, Domain

Domains = Annotated[
    tuple[Annotated[CodeText, Code("domain")], ...],
    Field(min_length=1, max_length=20),
]
Recipients = Annotated[tuple[AgencyCode, ...], Field(min_length=1, max_length=50)]


class Given(EventData):
    """The person lets the named recipients know the named domains for the purpose, from `from` to `to`."""

    key: Key
    domains: Domains
    recipients: Recipients
    purpose: Annotated[CodeText, Code("purpose")] | None = None
    form: Annotated[CodeText, Code("consent_form")] | None = None
    interpreter_used: bool | None = None
    from_: Start = None
    to: End = None
    unit: Label | None = None
    note: Text | None = None


class Withdrawn(EventData):
    """The person takes the consent back, from `from` on; nothing already given is undone."""

    key: Key
    domains: Domains | None = None
    recipients: Recipients | None = None
    from_: Start = None
    unit: Label | None = None
    note: Text | None = None


class Expired(EventData):
    """The consent came to its end; `to` is its last day."""

    key: Key
    to: End = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="consent",
    title_sv="samtycke",
    title_en="a consent",
    data_class=DataClass.IDENTITY,
    domain=Domain.ID,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("given", "Samtycke lämnat", "Consent given", model=Given),
    FAMILY.event("withdrawn", "Samtycke återkallat", "Consent withdrawn", model=Withdrawn),
    FAMILY.event("expired", "Samtycke upphört", "Consent expired", model=Expired),
)
