"""Days that a calendar can reckon with: what lies before 1900 begins then, what lies after 2199 never comes.

Systems write 9999-12-31 for "no end" and 0001-01-01 for "nobody knows"; a day more or less of those is no day at all.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from projections.timeline.chains import Chain
from schemas.event_type import Json

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2199, 12, 31)
_FIRST_TEXT: Final = FIRST.isoformat()
_LAST_TEXT: Final = LAST.isoformat()
_EARLIEST: Final = datetime(1900, 1, 1, 12, tzinfo=UTC)
_LATEST: Final = datetime(2199, 12, 31, 12, tzinfo=UTC)
_DAY_FORM: Final = len(_FIRST_TEXT)


def within_reach(fact: Chain) -> Chain:
    """The fact as it is, or with its far days brought near; nearly always the same object."""
    content = _near(fact.content)
    time = min(max(fact.root.time, _EARLIEST), _LATEST)
    if content is fact.content and time == fact.root.time:
        return fact
    return replace(fact, content=content, root=replace(fact.root, time=time))


def _near(value: Json) -> Json:
    """The value itself where nothing in it is far."""
    if isinstance(value, str):
        return _near_day(value) if len(value) == _DAY_FORM and value[4] == value[7] == "-" else value
    if isinstance(value, dict):
        found = {name: _near(each) for name, each in value.items()}
        return value if all(found[name] is each for name, each in value.items()) else found
    if isinstance(value, list):
        listed = [_near(each) for each in value]
        return value if all(new is old for new, old in zip(listed, value, strict=True)) else listed
    return value


def _near_day(text: str) -> str | None:
    if not (text[:4] + text[5:7] + text[8:]).isdigit():
        return text
    return _FIRST_TEXT if text < _FIRST_TEXT else None if text > _LAST_TEXT else text
