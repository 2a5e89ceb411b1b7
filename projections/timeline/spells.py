"""What lasts: facts of one spell folded, in the canonical order, into its episodes (RULES-TIMELINE 1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from projections.timeline.chains import Chain
from schemas.days import day_of, read_day
from schemas.event_type import Json
from schemas.vocabulary import Action, SpellKind, State

_FIRMNESS = (State.PROPOSED, State.PLANNED, State.ACTIVE)
_DATES = frozenset(("key", "from", "to", "planned_end"))
_ONE_DAY = timedelta(days=1)
_SECOND_DAY = date.min + _ONE_DAY  # before it nobody can go back a day

Pause = tuple[date, date | None]


@dataclass(slots=True, kw_only=True)
class Episode:
    """One run of a spell from opening to close. `closing` is the state it gets on `to`; flags as in the rules.

    Grows while it is folded and is not changed afterwards; a frozen one would be copied for every fact.
    """

    kind: SpellKind
    number: int
    base: State = State.ACTIVE
    from_: date | None = None
    planned_to: date | None = None
    to: date | None = None
    closing: State | None = None
    pauses: list[Pause] = field(default_factory=list)
    fields: dict[str, Json] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    facts: list[Chain] = field(default_factory=list)


def fold_episodes(kind: SpellKind, facts: Iterable[Chain]) -> list[Episode]:
    """The episodes of a spell out of its standing facts, in order."""
    episodes: list[Episode] = []
    for fact in facts:
        opens = fact.type.action is Action.OPEN
        if not episodes or (opens and episodes[-1].closing is not None):
            episodes.append(Episode(kind=kind, number=len(episodes) + 1))
            _begin(episodes[-1], fact, opens=opens)
        else:
            _go_on(episodes[-1], fact)
    return episodes


def _begin(episode: Episode, fact: Chain, *, opens: bool) -> None:
    """The first fact of an episode; one that does not open it leaves the opener missing."""
    if not opens:
        episode.flags.add("opener_missing")
        _go_on(episode, fact)
        return
    episode.facts.append(fact)
    episode.base = fact.type.state or State.ACTIVE
    _open(episode, fact)


def _go_on(episode: Episode, fact: Chain) -> None:
    episode.facts.append(fact)
    action = fact.type.action
    if episode.closing is not None:
        _after_close(episode, fact)
        return
    if action is Action.OPEN:
        episode.base = max(episode.base, fact.type.state or State.ACTIVE, key=_FIRMNESS.index)
        if "opener_missing" in episode.flags:
            episode.flags.discard("opener_missing")
            _open(episode, fact)
            return
    _set_fields(episode, fact)
    if action is Action.PAUSE:
        episode.pauses.append((_date(fact, "from") or day_of(fact.root.time), _date(fact, "to")))
    elif action is Action.RESUME:
        _resume(episode, _date(fact, "from") or day_of(fact.root.time))
    elif action is Action.CLOSE:
        episode.closing = fact.type.state
        episode.to = _date(fact, "to") or day_of(fact.root.time)
    else:
        if "from" in fact.content:
            episode.from_ = _date(fact, "from")
        _plan(episode, fact)


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


def _open(episode: Episode, fact: Chain) -> None:
    _set_fields(episode, fact)
    episode.from_ = _date(fact, "from") or day_of(fact.root.time)
    _plan(episode, fact)


def _plan(episode: Episode, fact: Chain) -> None:
    """A planned end; for a permit the legal one."""
    name = "planned_end" if episode.kind is SpellKind.ENROLMENT else "to"
    if name not in fact.content:
        return
    if episode.kind is SpellKind.PERMIT:
        episode.to = _date(fact, name)
    else:
        episode.planned_to = _date(fact, name)


def _resume(episode: Episode, day: date) -> None:
    if episode.pauses:
        begins, ends = episode.pauses[-1]
        last = max(day, _SECOND_DAY) - _ONE_DAY
        episode.pauses[-1] = (begins, last if ends is None else min(ends, last))


def _after_close(episode: Episode, fact: Chain) -> None:
    """Changes and closes still set fields, nothing reopens, and the entry says so."""
    episode.flags.add("changed_after_close")
    if fact.type.action in (Action.PAUSE, Action.RESUME):
        return
    _set_fields(episode, fact)
    if fact.type.action is Action.CLOSE:
        episode.closing = fact.type.state
        episode.to = _date(fact, "to") or day_of(fact.root.time)


def _set_fields(episode: Episode, fact: Chain) -> None:
    """Given fields replace earlier ones; null clears; lists are replaced whole."""
    for name, value in fact.content.items():
        if name in _DATES:
            continue
        if value is None:
            episode.fields.pop(name, None)
        else:
            episode.fields[name] = value


def _date(fact: Chain, name: str) -> date | None:
    return read_day(fact.content.get(name))
