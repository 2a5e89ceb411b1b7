"""The same timeline narrowed by source and kind, as it held on a day, and as it was known on a day: all by address."""

import pytest

from tests.integration.pages.browsing import Site, between, words
from tests.integration.pages.story import AMINA


def test_sources_and_kinds_narrow_the_list_and_the_way_back_is_one_link(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?kalla=jobbtorg&visa=akt")

    assert between(page, "Tidslinje ", " Visa som det såg ut") == (
        "tre av 13 händelser från fyra källor, nyast först Visa alla ·"
    )
    assert between(page, "Källa ", " Tidsläge") == (
        "Arbetsförmedlingen 5 [x] Jobbtorg Stockholm 5 Sfi Stockholm 2 Socialtjänsten Stockholm 1 Visa Planer och"
        " kartläggning [x] Aktiviteter och närvaro Utbildning Remisser och ansvar Inskrivning och person Tillstånd,"
        " försörjning, hälsa Bara rättelser"
    )


def test_only_corrections_shows_what_was_corrected_or_taken_back(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?visa=ratt")

    assert "två av 13 händelser" in page
    assert page.count("Tidigare uppgift:") == 2


def test_a_choice_that_fits_nothing_says_so_and_never_that_there_is_nothing(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?kalla=sfi&visa=rem")

    assert "Inga träffar i urvalet. Visa alla" in page


def test_as_known_then_the_mistake_stands_unstruck_and_a_bar_says_what_is_shown(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?kant-den=2026-11-20")

    assert "Du ser läget så som vi visste det 20 november 2026. Visa i dag" in page
    assert between(page, "10.05 JT ", " Underlag") == (
        "Aktivitet: Arbetsträning, lokalvård Pågår Från 2 nov, planerat till 12 mars 2027, paus 3–6 nov, 20 tim i"
        " veckan, tis och tors 13.00–16.00. Handläggare: Jonas Berg, Farsta."
    )
    assert "Tidigare uppgift" not in page
    assert (
        "Uppgifter från Arbetsförmedlingen, Jobbtorg Stockholm, Sfi Stockholm och Socialtjänsten Stockholm kan saknas."
        in page
    )


def test_as_it_held_then_later_facts_are_gone_and_a_correction_made_since_counts(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?gallde-den=2026-11-02")

    assert "Du ser det som gällde 2 november 2026. Visa i dag" in page
    assert "Frånvaro rapporterad" not in page
    assert "[-Tidigare uppgift: 20 tim i veckan-] [+Gäller nu: 3 tim i veckan+]" in page


def test_before_anything_was_known_the_page_still_says_whom_it_is_about(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}?kant-den=2026-01-31")

    assert page.count("Amina Warsame") == 3
    assert "Den 31 januari 2026 visste vi inget om Amina." in page
    assert "Inga händelser till och med 31 januari 2026. Visa i dag" in page


def test_both_days_together_keep_each_other_in_the_links_back(site: Site) -> None:
    page = site.reader("af").get(f"/deltagare/{site.ids[AMINA]}?kant-den=2026-11-20&gallde-den=2026-11-10&kalla=af")

    assert 'href="?kalla=af&amp;gallde-den=2026-11-10">Visa i dag' in page.text
    assert 'href="?kalla=af&amp;kant-den=2026-11-20">Visa i dag' in page.text


@pytest.mark.parametrize("written", ["24/11 2026", "i går", "2026-13-01", "2026-11-24T10:00", "<script>"])
def test_a_day_that_cannot_be_read_is_told_at_its_field_and_today_is_shown(site: Site, written: str) -> None:
    answer = site.reader("af").get(f"/deltagare/{site.ids[AMINA]}?kant-den={written}")

    page = words(answer.text)
    assert answer.status_code == 200
    assert "Det gick inte att visa ett annat datum Skriv datumet som 2026-11-24." in page
    assert page.count("Skriv datumet som 2026-11-24.") == 2
    assert 'aria-invalid="true" aria-describedby="kant-fel"' in answer.text
    assert "Tidslinje 13 händelser" in page


@pytest.mark.parametrize(
    "query",
    ["sida=0", "sida=-1", "sida=x", "sida=99999999999999999999", "visa=allt", "kalla=", "kalla=x" * 50, "a[]=%00"],
)
def test_an_address_that_nobody_would_write_never_breaks_the_page(site: Site, query: str) -> None:
    assert site.reader("af").get(f"/deltagare/{site.ids[AMINA]}?{query}").status_code == 200
