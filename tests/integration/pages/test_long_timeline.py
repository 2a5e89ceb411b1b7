"""A timeline of many lines: read page by page, and not one query more than a short one."""

from tests.integration.intake.sending import project_all, send
from tests.integration.pages.browsing import Site
from tests.integration.pages.story import AMINA, attendance
from tests.queries import counted_queries

QUERIES_PER_PAGE = 10


def queries(site: Site, path: str) -> int:
    """How many statements the database gets for a page, when the register has just been read."""
    visit = site.reader("af")
    site.hub.registry()
    with counted_queries(site.hub) as counted:
        assert visit.get(path).status_code == 200
    return len(counted)


def test_a_long_timeline_is_read_page_by_page_with_as_many_queries_as_a_short_one(site: Site) -> None:
    page = f"/deltagare/{site.ids[AMINA]}"
    narrowed = f"{page}?kalla=jobbtorg&visa=akt"
    short = queries(site, page)

    send(site.hub, [attendance(number) for number in range(60)])
    project_all(site.hub)

    visit = site.reader("jobbtorg")
    newest, older = visit.get(narrowed).text, visit.get(f"{narrowed}&sida=2").text
    assert (newest.count('<li id="h-'), older.count('<li id="h-')) == (50, 13)
    assert 'href="?kalla=jobbtorg&amp;visa=akt&amp;sida=2#tidslinjen">Visa 13 äldre händelser</a>' in newest
    assert "Visa nyare" not in newest
    assert 'href="?kalla=jobbtorg&amp;visa=akt#tidslinjen">Visa nyare händelser</a>' in older
    assert "äldre händelser" not in older
    assert (queries(site, page), short <= QUERIES_PER_PAGE) == (short, True)
