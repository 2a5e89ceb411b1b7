"""What holds for every page: headers that protect the reader, no number in an address, no script, a way out of errors."""

import re

import pytest

from tests.integration.pages.browsing import Site, Visit, addresses, words
from tests.integration.pages.story import AMINA, PROTECTED

_NUMBER = re.compile(r"(?:19|20)?\d{6}[-+]?\d{4}")
_PROTECTING = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def walk(site: Site) -> Visit:
    """Everything that a caseworker does on the pages, well and badly."""
    visit = site.reader("af")
    for path in ("/", "/sok", "/tillganglighet", "/personuppgifter", "/finns-inte", "/static/samspar.css"):
        visit.get(path)
    visit.get("/sok")
    for number in (AMINA, PROTECTED, "19860101-2382", ""):
        visit.post("/sok", typ="personal_number", nummer=number)
    page = f"/deltagare/{site.ids[AMINA]}"
    for path in (page, f"{page}?kalla=af&visa=plan&kant-den=2026-11-20", f"/deltagare/{site.ids[PROTECTED]}", page):
        visit.get(path)
    visit.post(f"{page}/nummer")
    visit.get(f"{page}/nummer")
    visit.get("/sprak/en")
    visit.get("/sprak/sv")
    visit.post("/andamal", andamal="referral")
    return visit


def test_every_answer_keeps_itself_out_of_caches_frames_and_other_sites(site: Site) -> None:
    answers = walk(site).answers

    wrong = [
        (str(answer.url), name, answer.headers.get(name))
        for answer in answers
        for name, value in _PROTECTING.items()
        if answer.headers.get(name) != value
    ]
    assert len(answers) > 20
    assert wrong == []


def test_no_page_ever_leads_to_an_address_with_a_number_in_it(site: Site) -> None:
    answers = walk(site).answers

    led_to = [str(answer.url) for answer in answers]
    led_to += [answer.headers.get("location", "") for answer in answers]
    led_to += [address for answer in answers for address in addresses(answer.text)]
    found = [
        address
        for address in led_to
        if _NUMBER.search(re.sub("|".join(site.ids.values()), "", address.rpartition("#")[0] or address))
    ]
    assert len(led_to) > 200
    assert [address for address in found if not address.startswith("#h-")] == []


def test_no_page_brings_script_or_style_inside_it(site: Site) -> None:
    pages = [answer.text for answer in walk(site).answers if "text/html" in answer.headers.get("content-type", "")]

    assert len(pages) > 10
    assert [text for text in pages if re.search(r"<script|<style|\sstyle=|\son[a-z]+=", text)] == []


def test_every_link_of_a_page_leads_somewhere(site: Site) -> None:
    visit = walk(site)
    pages = [answer for answer in visit.answers if answer.status_code == 200 and "<main" in answer.text]

    dead = []
    for page in pages:
        for address in set(addresses(page.text)):
            if address.startswith("#"):
                if f'id="{address[1:]}"' not in page.text:
                    dead.append((str(page.url), address))
            elif address.startswith("/"):
                status = visit.client.get(address).status_code
                if status >= 400 and (address, status) not in {("/persona", 405), ("/andamal", 405)}:
                    dead.append((str(page.url), address))
    assert dead == []


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/arbetslista", 404, "Sidan finns inte Kontrollera adressen eller börja om från början."),
        ("GET", "/deltagare/x/y/z", 404, "Ingen att visa Ingen deltagare att visa."),
        ("GET", "/persona", 405, "Det gick inte Adressen eller formuläret är inte som vi väntade oss."),
        ("DELETE", "/sok", 405, "Det gick inte Adressen eller formuläret är inte som vi väntade oss."),
    ],
)
def test_an_error_is_a_page_with_a_way_out(site: Site, method: str, path: str, status: int, said: str) -> None:
    visit = site.reader("af")

    answer = visit.client.request(method, path)

    assert answer.status_code == status
    assert words(answer.text).startswith(said)
    assert words(answer.text).endswith("Till sökningen")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/persona", "POST"),
        ("DELETE", "/sok", "GET, POST"),
        ("PUT", "/deltagare/x/nummer", "GET, POST"),
        ("POST", "/deltagare/x", "GET"),
        ("POST", "/static/samspar.css", "GET, HEAD"),
        ("DELETE", "/samspar/v1/events", "POST"),
        ("POST", "/samspar/v1/openapi.json", "GET"),
    ],
)
def test_a_method_that_an_address_has_not_is_told_which_it_has(
    site: Site, method: str, path: str, allowed: str
) -> None:
    answer = site.visit().client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_a_form_that_is_far_too_large_is_refused(site: Site) -> None:
    visit = site.reader("af")

    answer = visit.post("/sok", typ="personal_number", nummer="1" * 40_000)

    assert answer.status_code == 413
