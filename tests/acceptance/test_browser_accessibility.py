"""WCAG 2.1 AA as far as a machine can tell, wide and narrow, folds closed and open; nothing to scroll sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.acceptance.looking import Look, looking
from tests.integration.pages.browsing import Site
from tests.integration.pages.story import AMINA, HANDLED

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
_NARROWEST = 320
_THUMB = 44


def every_page(site: Site) -> list[str]:
    """The pages in every state that looks different."""
    amina = f"/deltagare/{site.ids[AMINA]}"
    return [
        "/",
        "/sok",
        "/tillganglighet",
        "/personuppgifter",
        "/deltagare/ingen",
        amina,
        f"{amina}?kant-den=2026-11-20&gallde-den=fel&visa=rem&kalla=sfi",
        f"/deltagare/{site.ids[HANDLED]}",
    ]


def faults(look: Look) -> list[str]:
    """What axe finds on the page as it stands."""
    found = Axe().run(look.page, options=_RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page_with_folds_closed_and_open(browser: Browser, site: Site, width: int) -> None:
    found: dict[str, list[str]] = {}
    with looking(browser, site, width=width) as look:
        look.choose("af")
        for path in every_page(site):
            look.open(path)
            found[path] = faults(look)
            if look.page.locator("main details").count():
                look.open_all_folds()
                found[f"{path} open"] = faults(look)
        for number in ("", "199309202398"):
            look.find(number)
            found[f"search {number}"] = faults(look)
        look.open("/sprak/en")
        look.open_all_folds()
        found["english"] = faults(look)

    assert len(found) > 13
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


def test_no_page_scrolls_sideways_at_400_percent(browser: Browser, site: Site) -> None:
    wide: dict[str, int] = {}
    with looking(browser, site, width=_NARROWEST) as look:
        look.choose("af")
        for path in every_page(site):
            look.open(path)
            look.open_all_folds()
            wide[path] = look.page.evaluate("document.documentElement.scrollWidth")
        look.find("")
        wide["search"] = look.page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width > _NARROWEST} == {}


def test_buttons_are_large_enough_for_a_thumb_on_a_phone(browser: Browser, site: Site) -> None:
    small: list[str] = []
    with looking(browser, site, width=390) as look:
        look.choose("af")
        for path in ("/", "/sok", f"/deltagare/{site.ids[AMINA]}"):
            look.open(path)
            look.open_all_folds()
            for button in look.page.locator("button.btn:not(.btn--text)").all():
                box = button.bounding_box()
                assert box is not None
                if box["height"] < _THUMB:
                    small.append(f"{path}: {button.inner_text()}")

    assert small == []
