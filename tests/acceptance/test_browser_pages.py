"""The pages in a real browser: a caseworker's way to a timeline, without script, by keyboard alone, and on paper."""

from playwright.sync_api import Browser, expect

from tests.acceptance.looking import looking
from tests.integration.pages.browsing import Site
from tests.integration.pages.story import AMINA, HANDLED, UNKNOWN


def test_a_caseworker_finds_amina_narrows_her_timeline_and_sees_what_was_corrected_without_script(
    browser: Browser, site: Site
) -> None:
    with looking(browser, site, script=False) as look:
        look.choose("af")
        look.find(AMINA)
        expect(look.page).to_have_title("Amina Warsame: läget i dag – Samspår")
        expect(look.page).to_have_url(f"{site.address}/deltagare/{site.ids[AMINA]}")
        assert look.page.locator(".tl > ol > li").count() == 13

        for source in ("Arbetsförmedlingen", "Sfi Stockholm", "Socialtjänsten Stockholm"):
            look.page.get_by_role("checkbox", name=source).uncheck()
        look.page.get_by_role("button", name="Visa urvalet").click()

        assert look.page.locator(".tl > ol > li").count() == 5
        corrected = look.page.locator(".fixed", has_text="Aktivitet: Arbetsträning, lokalvård")
        expect(corrected.locator(".fixed__row del")).to_have_text("Tidigare uppgift: 20 tim i veckan")
        expect(corrected.locator(".fixed__row ins")).to_have_text("Gäller nu: 3 tim i veckan")
        expect(corrected).to_contain_text("Skäl: Fel omfattning.")
        assert look.complaints == []


def test_as_known_on_an_earlier_day_is_two_fields_and_one_link_away(browser: Browser, site: Site) -> None:
    with looking(browser, site, script=False) as look:
        look.choose("af")
        look.find(AMINA)

        look.page.get_by_label("Så som vi visste det den").fill("2026-11-20")
        look.page.get_by_role("button", name="Visa urvalet").click()
        expect(look.page.get_by_role("status")).to_contain_text("Du ser läget så som vi visste det 20 november 2026.")
        expect(look.page.locator("del")).to_have_count(0)

        look.page.get_by_role("link", name="Visa i dag").click()
        expect(look.page.locator(".fixed__row del")).to_have_count(2)


def test_the_purpose_is_changed_on_the_spot_and_the_page_stays(browser: Browser, site: Site) -> None:
    with looking(browser, site, script=False) as look:
        look.choose("af")
        look.find(AMINA)

        look.page.get_by_text("Byt ändamål").click()
        look.page.get_by_role("button", name="Uppföljning").click()

        expect(look.page.get_by_role("region", name="Ändamål med läsningen")).to_contain_text(
            "Du läser för: Uppföljning"
        )
        expect(look.page.get_by_role("heading", level=1)).to_have_text("Amina Warsame")


def test_everything_is_reached_and_done_by_keyboard_in_reading_order(browser: Browser, site: Site) -> None:
    with looking(browser, site) as look:
        look.open("/")
        assert look.tab_to("Hoppa till innehållet") == ["Hoppa till innehållet"]
        look.page.keyboard.press("Enter")
        expect(look.page.locator("#main")).to_be_focused()
        assert look.tab_to("Läs som Maria Ekström") == ["Läs som Maria Ekström"]
        look.page.keyboard.press("Enter")
        expect(look.page).to_have_title("Sök deltagare – Samspår")

        look.tab_to("nummer")
        look.page.keyboard.type(f"{AMINA[:8]}-{AMINA[8:]}")
        look.page.keyboard.press("Enter")
        expect(look.page).to_have_title("Amina Warsame: läget i dag – Samspår")

        way = look.tab_to("Underlag för Närvaro rapporterad")
        look.page.keyboard.press("Enter")
        assert look.page.locator("details[open] .sum").inner_text().startswith("Organisation\nJobbtorg Stockholm")
        assert [
            text for text in way if text in {"Byt ändamål", "Visa hela numret, visningen loggas", "Visa urvalet"}
        ] == [
            "Byt ändamål",
            "Visa hela numret, visningen loggas",
            "Visa urvalet",
        ]
        assert look.page.locator("[tabindex]:not([tabindex='-1'])").count() == 0


def test_the_focus_is_seen(browser: Browser, site: Site) -> None:
    with looking(browser, site) as look:
        look.choose("af")
        look.find(AMINA)
        look.tab_to("Visa urvalet")

        ring = look.page.evaluate("getComputedStyle(document.activeElement).outline")
        assert ring == "rgb(21, 36, 43) solid 3px"


def test_after_a_search_that_failed_the_focus_is_on_why_and_one_step_from_the_field(
    browser: Browser, site: Site
) -> None:
    with looking(browser, site) as look:
        look.choose("af")
        look.find("1993-09")
        expect(look.page.locator(".errors")).to_be_focused()
        look.page.keyboard.press("Tab")
        look.page.keyboard.press("Enter")
        assert look.page.evaluate("document.querySelector('#nummer').matches(':target')") is True

        look.find(UNKNOWN)
        expect(look.page.get_by_role("status")).to_be_focused()


def test_paper_gets_the_timeline_with_who_printed_it_and_none_of_the_controls(browser: Browser, site: Site) -> None:
    with looking(browser, site, width=720) as look:
        look.choose("af")
        look.find(AMINA)
        look.page.emulate_media(media="print")

        expect(look.page.locator(".printed")).to_have_text(
            "Utskriven av Maria Ekström, Arbetsförmedlingen, från läsningen 24 november 2026 klockan 09.31."
            " Läsningen är loggad och visas för Amina Warsame."
        )
        assert look.page.locator(".printed").is_visible()
        controls = look.page.locator("button, form.filter, .skip, nav, footer, .sec__head .end").all()
        assert [each.inner_text() for each in controls if each.is_visible()] == []
        assert look.page.get_by_text("Frånvaro rapporterad: Arbetsträning, lokalvård").first.is_visible()


def test_a_protected_person_is_never_put_on_paper(browser: Browser, site: Site) -> None:
    with looking(browser, site, width=720) as look:
        look.choose("af")
        look.open(f"/deltagare/{site.ids[HANDLED]}")
        look.page.emulate_media(media="print")

        assert look.page.locator("body").inner_text().strip() == (
            "Uppgifter om en person med skyddade personuppgifter skrivs inte ut."
        )
