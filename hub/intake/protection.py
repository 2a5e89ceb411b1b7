"""How protected a person is: the most restrictive of what each source said last (RULES-TIMELINE 8, B in DESIGN 10)."""

from collections.abc import Iterable

from hub.intake.outcomes import Statement
from schemas.order import in_order

NONE = "none"
_RANK = {NONE: 0, "sekretessmarkering": 1, "skyddad_folkbokforing": 2}


def protection_of(live: Iterable[Statement]) -> str | None:
    """The level that counts, or None when nobody states one: unknown is treated as protected."""
    by_source: dict[str, list[Statement]] = {}
    for statement in live:
        if statement.protection is not None:
            by_source.setdefault(statement.source, []).append(statement)
    levels = [in_order(statements)[-1].protection for statements in by_source.values()]
    return max((level for level in levels if level), key=lambda level: _RANK.get(level, len(_RANK)), default=None)
