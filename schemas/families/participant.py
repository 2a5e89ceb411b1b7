"""Who the participant is: registration under the sender's reference, protection, contact and language."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, Label, Language, Municipality, Text
from schemas.vocabulary import DataClass, Domain

Protection = Annotated[CodeText, Code("protection")]
Literacy = Annotated[CodeText, Code("literacy")]


class Identifier(EventData):
    """A number that identifies a person, in any of the spellings of its type."""

    type: Annotated[CodeText, Code("identifier_type")]
    value: Annotated[str, StringConstraints(max_length=64)]


class Registered(EventData):
    """Ties the sender's reference (the subject) to identifiers. Always says the protection level, `none` too."""

    identifiers: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]
    protection: Protection
    given_name: Label | None = None
    family_name: Label | None = None
    birth_date: Day | None = None
    sex: Annotated[CodeText, Code("sex")] | None = None
    language: Language | None = None
    interpreter_needed: bool | None = None
    municipality: Municipality | None = None
    country_of_birth: Annotated[CodeText, Code("country")] | None = None
    arrived: Day | None = None
    entry_point: Annotated[CodeText, Code("entry_point")] | None = None
    identity_level: Annotated[CodeText, Code("identity_level")] | None = None
    caseworker: Label | None = None
    unit: Label | None = None


class ProtectionChanged(EventData):
    """The agency's own statement; the most restrictive one of all agencies counts."""

    protection: Protection
    note: Text | None = None


class ContactUpdated(EventData):
    """How the person is reached. Never shown for a protected person."""

    phone: Label | None = None
    email: Label | None = None
    address: Label | None = None
    postal_code: Label | None = None
    city: Label | None = None
    contact_channel: Annotated[CodeText, Code("contact_channel")] | None = None
    note: Text | None = None


class LanguageSet(EventData):
    """Language, interpreter and how well the person reads and writes."""

    language: Language | None = None
    interpreter_needed: bool | None = None
    interpreter_language: Language | None = None
    reading: Literacy | None = None
    writing: Literacy | None = None
    note: Text | None = None


FAMILY = Family(
    name="participant",
    title_sv="uppgifter om deltagaren",
    title_en="the participant's particulars",
    data_class=DataClass.IDENTITY,
    domain=Domain.ID,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("registered", "Deltagare registrerad", "Participant registered", model=Registered),
    FAMILY.event("protection_changed", "Skyddsmarkering ändrad", "Protection changed", model=ProtectionChanged),
    FAMILY.event(
        "contact_updated",
        "Kontaktuppgifter ändrade",
        "Contact details updated",
        model=ContactUpdated,
        data_class=DataClass.CONTACT,
    ),
    FAMILY.event(
        "language_set",
        "Språk och tolkbehov angivet",
        "Language and interpreter need set",
        model=LanguageSet,
        data_class=DataClass.CONTACT,
    ),
)
