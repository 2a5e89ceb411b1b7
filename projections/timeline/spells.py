"""What lasts: facts of one spell folded, in the canonical order, into its episodes (RULES-TIMELINE 1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from projections.timeline.chains import Chain
from schemas.event_type import Json
from schemas.vocabulary import Action, SpellKind, State

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_FIRMNESS = (State.PROPOSED, State.PLANNED, State.ACTIVE)
_DATES = frozenset(("key", "from", "to", "planned_end"))
_ONE_DAY = timedelta(days=1)

Pause = tuple[date, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One run of a spell from opening to close. `closing` is the state it gets on `to`; flags as in the rules."""

    kind: SpellKind
    number: int
    base: State = State.ACTIVE
    from_: date | None = None
    planned_to: date | None = None
    to: date | None = None
    closing: State | None = None
    pauses: tuple[Pause, ...] = ()
    fields: dict[str, Json] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    facts: tuple[Chain, ...] = ()


def day_of(time: datetime) -> date:
    """The Stockholm day of an instant."""
    return time.astimezone(STOCKHOLM).date()


def fold_episodes(kind: SpellKind, facts: Iterable[Chain]) -> list[Episode]:
    """The episodes of a spell out of its standing facts, in order."""
    episodes: list[Episode] = []
    for fact in facts:
        open_episode = episodes[-1] if episodes else None
        opens = fact.type.action is Action.OPEN
        if open_episode is None or (opens and open_episode.closing is not None):
            number = len(episodes) + 1
            missing = frozenset() if opens else frozenset(("opener_missing",))
            episodes.append(step(Episode(kind=kind, number=number, flags=missing), fact, first=opens))
        else:
            episodes[-1] = step(open_episode, fact, first=False)
    return episodes


def step(episode: Episode, fact: Chain, *, first: bool) -> Episode:
    """The episode after one more fact. `first`: this fact opens it."""
    episode = replace(episode, facts=(*episode.facts, fact))
    if episode.closing is not None:
        return _after_close(episode, fact)
    match fact.type.action:
        case Action.OPEN:
            return _opened(episode, fact, fills=first or "opener_missing" in episode.flags)
        case Action.PAUSE:
            begins = _date(fact, "from") or day_of(fact.root.time)
            return replace(_with_fields(episode, fact), pauses=(*episode.pauses, (begins, _date(fact, "to"))))
        case Action.RESUME:
            return _resumed(_with_fields(episode, fact), _date(fact, "from") or day_of(fact.root.time))
        case Action.CLOSE:
            ended = _date(fact, "to") or day_of(fact.root.time)
            return replace(_with_fields(episode, fact), closing=fact.type.state, to=ended)
        case _:
            return _moved(_with_fields(episode, fact), fact)


def state_on(episode: Episode, day: date) -> State:
    """The state on a day; a permit still holds on its last day."""
    ended = episode.to is not None and (
        episode.to < day if episode.kind is SpellKind.PERMIT else episode.closing is not None and episode.to <= day
    )
    if ended:
        return episode.closing or State.CLOSED
    if any(begins <= day and (ends is None or day <= ends) for begins, ends in episode.pauses):
        return State.PAUSED
    if episode.base is State.ACTIVE and episode.from_ is not None and episode.from_ > day:
        return State.PLANNED
    return episode.base


def _opened(episode: Episode, fact: Chain, *, fills: bool) -> Episode:
    base = fact.type.state or State.ACTIVE
    if not fills:
        firmer = max(episode.base, base, key=_FIRMNESS.index)
        return _moved(replace(_with_fields(episode, fact), base=firmer), fact)
    was_missing = "opener_missing" in episode.flags
    opened = replace(
        _with_fields(episode, fact),
        base=max(episode.base, base, key=_FIRMNESS.index) if was_missing else base,
        from_=_date(fact, "from") or day_of(fact.root.time),
        flags=episode.flags - {"opener_missing"},
    )
    return _planned(opened, fact)


def _moved(episode: Episode, fact: Chain) -> Episode:
    if "from" in fact.content:
        episode = replace(episode, from_=_date(fact, "from"))
    return _planned(episode, fact)


def _planned(episode: Episode, fact: Chain) -> Episode:
    """A planned end; for a permit the legal one."""
    name = "planned_end" if episode.kind is SpellKind.ENROLMENT else "to"
    if name not in fact.content:
        return episode
    if episode.kind is SpellKind.PERMIT:
        return replace(episode, to=_date(fact, name))
    return replace(episode, planned_to=_date(fact, name))


def _resumed(episode: Episode, day: date) -> Episode:
    if not episode.pauses:
        return episode
    *earlier, (begins, ends) = episode.pauses
    last = day - _ONE_DAY
    return replace(episode, pauses=(*earlier, (begins, last if ends is None else min(ends, last))))


def _after_close(episode: Episode, fact: Chain) -> Episode:
    """Changes and closes still set fields, nothing reopens, and the entry says so."""
    flags = episode.flags | {"changed_after_close"}
    match fact.type.action:
        case Action.PAUSE | Action.RESUME:
            return replace(episode, flags=flags)
        case Action.CLOSE:
            ended = _date(fact, "to") or day_of(fact.root.time)
            return replace(_with_fields(episode, fact), closing=fact.type.state, to=ended, flags=flags)
        case _:
            return replace(_with_fields(episode, fact), flags=flags)


def _with_fields(episode: Episode, fact: Chain) -> Episode:
    """Given fields replace earlier ones; null clears; lists are replaced whole."""
    given = {name: value for name, value in fact.content.items() if name not in _DATES}
    merged = {name: value for name, value in (episode.fields | given).items() if value is not None}
    return replace(episode, fields=merged)


def _date(fact: Chain, name: str) -> date | None:
    value = fact.content.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None
