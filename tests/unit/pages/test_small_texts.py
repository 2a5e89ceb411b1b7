"""Texts that stand beside each other on a page: neither run together nor torn apart."""

import re

import pytest

from hub.web.render import templates
from hub.web.words.freshness import Freshness
from hub.web.words.lines import title_of
from tests.unit.projections.builders import TODAY, entries
from tests.unit.projections.builders import said as recorded

PARTS = templates().get_template("parts.html").module


def test_the_mark_of_an_agency_leaves_no_room_before_what_follows_it() -> None:
    mark = str(getattr(PARTS, "mark")("jobbtorg", {}))  # noqa: B009 - a macro, which the type checker cannot see
    assert mark.strip() == mark.lstrip()
    assert mark.endswith("</abbr>")


def test_what_a_source_lacks_is_not_run_together_with_what_follows_from_it() -> None:
    source = Freshness(
        agency="jobbtorg", tone="late", said="Fullständigt", more="Nummer 5445 saknas", warning=True, waiting=False
    )
    shown = str(getattr(PARTS, "fresh")(source, {}))  # noqa: B009 - a macro, which the type checker cannot see
    assert "Nummer 5445 saknas Uppgifter kan saknas" in " ".join(re.sub(r"<[^>]*>", "", shown).split())


@pytest.mark.parametrize(
    ("data", "heading"),
    [
        ({"kind": "praktik", "label": "Caféet"}, "Plats: Praktik, Caféet"),
        ({"label": "Caféet"}, "Plats: Caféet"),
        ({"kind": "praktik"}, "Plats: Praktik"),
    ],
)
def test_the_heading_of_a_place_says_what_the_agency_calls_it(data: dict[str, str], heading: str) -> None:
    (entry,) = entries([recorded("placement.agreed", "2026-11-02", {**data})])
    assert title_of(entry, [entry], TODAY) == heading
