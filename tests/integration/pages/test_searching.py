"""Finding a person: by POST only, a typing error is told, and whoever may not be found leaves no trace of being there."""

import pytest

from tests.integration.pages.browsing import Site, words
from tests.integration.pages.story import AMINA, ELSEWHERE, HANDLED, PROTECTED, UNKNOWN
from tests.queries import counted_queries

_NOBODY = "Ingen deltagare att visa. Kontrollera uppgifterna eller din behörighet."


def test_a_person_of_one_s_own_unit_is_found_and_her_number_is_not_in_the_address(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")

    answer = visit.post("/sok", typ="personal_number", nummer=f" {AMINA[:8]}-{AMINA[8:]} ")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/deltagare/{site.ids[AMINA]}")
    assert site.last_reads(1) == [("search", "planning", "allowed")]


def test_unknown_protected_and_other_units_persons_get_the_same_bytes_after_as_many_queries(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")
    site.hub.registry()
    seen = []

    for number in (UNKNOWN, PROTECTED, ELSEWHERE, HANDLED):
        with counted_queries(site.hub) as queries:
            answer = visit.post("/sok", typ="personal_number", nummer=number)
        kept = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
        seen.append((answer.status_code, kept, answer.content, len(queries)))

    assert seen == [seen[0]] * 4
    assert _NOBODY in words(seen[0][2].decode())
    assert sorted({outcome for _, _, outcome in site.last_reads(4)}) == [
        "no_relation_of_unit",
        "participant_unknown",
        "protected",
    ]


def test_another_agency_finds_nobody_it_has_no_relation_with(site: Site) -> None:
    visit = site.reader("fk")
    visit.get("/sok")

    answer = visit.post("/sok", typ="personal_number", nummer=AMINA)

    assert _NOBODY in words(answer.text)


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("personal_number", "", "Skriv personnumret som ÅÅÅÅMMDD-NNNN."),
        ("personal_number", "Amina", "Skriv personnumret som ÅÅÅÅMMDD-NNNN."),
        ("personal_number", "9309202398", "Skriv personnumret som ÅÅÅÅMMDD-NNNN."),
        ("personal_number", "19860101-2382", "Sista siffran stämmer inte. Kontrollera att numret är rätt skrivet."),
        ("coordination_number", AMINA, "Numret är av en annan typ. Välj rätt typ av nummer."),
        ("lma_number", "12", "Skriv LMA-numret som NN-NNNNNN."),
        ("shoe_size", "41", "Välj en typ av nummer."),
    ],
)
def test_a_typing_error_is_told_above_and_at_the_field_and_what_was_typed_is_kept(
    site: Site, kind: str, number: str, said: str
) -> None:
    visit = site.reader("af")
    visit.get("/sok")

    answer = visit.post("/sok", typ=kind, nummer=number)

    assert answer.status_code == 200
    assert words(answer.text).startswith(f"Det gick inte att söka {said} Sök deltagare")
    assert "<title>Fel: Sök deltagare – Samspår</title>" in answer.text
    assert 'aria-describedby="nummer-hint nummer-fel" aria-invalid="true"' in answer.text
    assert f'value="{number}"' in answer.text


def test_what_is_typed_is_text_to_the_page(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")

    answer = visit.post("/sok", typ="personal_number", nummer='"><script>alert(1)</script>')

    assert "<script" not in answer.text
