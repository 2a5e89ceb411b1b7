"""Who looks: the demo's door, the cookie it gives, and the token against forms that somebody else wrote."""

from http.cookies import SimpleCookie

import pytest

from hub.web.session import COOKIE
from tests.integration.pages.browsing import Site, words
from tests.integration.pages.story import AMINA


def test_the_demo_says_that_it_is_one_and_offers_invented_caseworkers(site: Site) -> None:
    answer = site.visit().get("/")

    assert words(answer.text).startswith(
        "Demo Vem vill du vara i demon? Samspår samlar vad organisationerna vet om en deltagare på en tidslinje. Vad"
        " du får se beror på var du arbetar och varför du läser. Alla personer är påhittade. Välj en handläggare AF"
        " Maria Ekström Arbetsförmedlare och processägare Arbetsförmedlingen, Globen Läs som Maria Ekström"
    )
    assert "Testmiljö: alla personer är påhittade" in answer.text


def test_a_chosen_persona_lasts_a_working_day_in_a_cookie_that_scripts_and_other_sites_cannot_use(site: Site) -> None:
    visit = site.visit()
    visit.get("/")

    answer = visit.post("/persona", persona="af")

    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert (answer.status_code, answer.headers["location"]) == (303, "/sok")
    assert {name: cookie[name] for name in ("httponly", "samesite", "path", "max-age")} == {
        "httponly": True,
        "samesite": "lax",
        "path": "/",
        "max-age": "28800",
    }


def test_whoever_has_chosen_nobody_is_sent_to_the_door(site: Site) -> None:
    visit = site.visit()

    answers = [visit.get(path) for path in ("/sok", f"/deltagare/{site.ids[AMINA]}")]

    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/"), (303, "/")]


@pytest.mark.parametrize("forged", ["x.y", "x" * 2000, "W10.W10", "%00"])
def test_a_cookie_that_we_did_not_sign_is_nobody_s(site: Site, forged: str) -> None:
    visit = site.visit()
    visit.client.cookies.set(COOKIE, forged)

    answer = visit.get("/sok")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("path", ["/persona", "/andamal", "/sok", f"/deltagare/{AMINA}/nummer"])
def test_a_form_without_the_session_s_token_changes_nothing(site: Site, path: str) -> None:
    visit = site.reader("af")
    visit.csrf = "somebody-elses"

    answer = visit.post(path, persona="jobbtorg", andamal="followup", person="0")

    assert answer.status_code == 403
    assert words(answer.text) == (
        "Sidan är inte aktuell längre Gå tillbaka, läs in sidan igen och försök på nytt. Inget är sparat. Till sökningen"
    )
    assert "Maria Ekström" in visit.get("/sok").text


def test_a_purpose_once_chosen_is_shown_on_every_page_and_stands_in_the_read_log(site: Site) -> None:
    visit = site.reader("af")
    page = f"/deltagare/{site.ids[AMINA]}?visa=plan"
    visit.get(page)

    changed = visit.post("/andamal", andamal="followup")

    assert (changed.status_code, changed.headers["location"]) == (303, page)
    assert 'Du läser för: <strong lang="sv">Uppföljning' in visit.get(page).text
    assert site.last_reads(1) == [("timeline", "followup", "allowed")]


def test_a_purpose_that_is_not_in_the_list_is_not_taken(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")

    visit.post("/andamal", andamal="nyfikenhet")

    assert 'Du läser för: <strong lang="sv">Gemensam planering' in visit.get("/sok").text


def test_a_referring_page_of_somebody_else_leads_nowhere_but_home(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")
    visit.where = "https://evil.example//evil.example/x"

    assert visit.post("/andamal", andamal="followup").headers["location"] == "/"


def test_the_frame_speaks_english_and_says_that_the_content_does_not(site: Site) -> None:
    visit = site.reader("af")
    visit.get("/sok")

    chosen = visit.get("/sprak/en")

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/sok")
    page = visit.get("/sok").text
    assert '<html lang="en">' in page
    assert '<main id="main" tabindex="-1" lang="sv">' in page
    assert "The content below is in Swedish." in page
    visit.get("/sprak/sv")
    assert '<html lang="sv">' in visit.get("/sok").text
