"""One event of the contract at one version: its model, its data class, and what it does to a timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.vocabulary import TYPE_PREFIX, About, Action, DataClass, Domain, SpellKind, State

Json = Any  # JSON as parsed: null, bool, int, float, str, list, dict. Recursive aliases cost more than they tell.
JsonObject = dict[str, Json]


class EventData(BaseModel):
    """Base of every `data` model: frozen, closed, JSON names as aliases."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


@dataclass(frozen=True, slots=True)
class Code:
    """Marks a text field whose value must be in a code list: `Annotated[str, Code("programme")]`."""

    code_list: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of the contract at one version.

    `state` is the base state that an opener gives or the closing state that a closer gives; None otherwise.
    `upcast` turns `data` of this version into `data` of the next one; None at the latest version.
    """

    name: str
    version: int
    model: type[EventData]
    data_class: DataClass
    domain: Domain
    action: Action
    title_sv: str
    title_en: str
    example: Mapping[str, Json]
    spell: SpellKind | None = None
    state: State | None = None
    about: About = About.PARTICIPANT
    upcast: Callable[[JsonObject], JsonObject] | None = None

    @property
    def family(self) -> str:
        """`enrolment` of `enrolment.opened`."""
        return self.name.partition(".")[0]

    @property
    def type(self) -> str:
        """The CloudEvents `type`."""
        return TYPE_PREFIX + self.name
