"""What the events of one family have in common, so that a family's file says only what differs."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.corrections import corrections_of
from schemas.event_type import EventData, EventType, JsonObject
from schemas.examples import Example
from schemas.vocabulary import About, Action, DataClass, Domain, SpellKind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The word before the dot. The titles name it inside a sentence."""

    name: str
    title_sv: str
    title_en: str
    data_class: DataClass
    domain: Domain
    spell: SpellKind | None = None
    about: About = About.PARTICIPANT

    def event(  # noqa: PLR0913 - one argument per column of the catalogue
        self,
        verb: str,
        title_sv: str,
        title_en: str,
        *,
        model: type[EventData],
        action: Action = Action.POINT,
        state: State | None = None,
        version: int = 1,
        data_class: DataClass | None = None,
        upcast: Callable[[JsonObject], JsonObject] | None = None,
    ) -> EventType:
        """One event of the family."""
        name = f"{self.name}.{verb}"
        return EventType(
            name=name,
            version=version,
            model=model,
            data_class=data_class or self.data_class,
            domain=self.domain,
            action=action,
            title_sv=title_sv,
            title_en=title_en,
            example=Example(name, version),
            spell=self.spell,
            state=state,
            about=self.about,
            upcast=upcast,
        )

    def with_corrections(self, *events: EventType) -> tuple[EventType, ...]:
        """The events with the family's correction and retraction."""
        return (*events, *corrections_of(events, title_sv=self.title_sv, title_en=self.title_en))
