"""The participant's page: the answer first, how fresh it is, and every line with state, correction, group and sources."""

from tests.integration.pages.browsing import Site, between, words
from tests.integration.pages.story import AMINA, ELSEWHERE, HANDLED, PROTECTED

NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_the_head_says_who_she_is_and_who_holds_the_process(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "Sök deltagare Amina Warsame ", " Fyra organisationer") == (
        "Amina Warsame Ingen skyddsmarkering Tolk: somaliska Personnummer 19930920-•••• Visa hela numret, visningen"
        " loggas Född 20 september 1993 (33 år) Program Etableringsprogrammet dag 105 av 731 Processägare nu AF"
        " Maria Ekström (du) Arbetsförmedlingen, sedan 12 aug"
    )


def test_the_first_sentences_answer_what_goes_on_and_name_what_may_be_missing(site: Site) -> None:
    page = site.reader("af").get(f"/deltagare/{site.ids[AMINA]}").text

    assert (
        '<p class="gist"><strong>Fyra organisationer</strong> har lämnat uppgifter om Amina. <strong>Två insatser och'
        " en plan</strong> pågår. Senast: <strong>Frånvaro rapporterad: Arbetsträning, lokalvård</strong> från Jobbtorg"
        " Stockholm, tisdag 10 november. Närmast slutar <strong>Sfi kurs B, fredag 18 december</strong>."
        " <strong>Två uppgifter</strong> är rättade eller återkallade. Det finns också uppgifter som du inte får se."
        " Uppgifter från <strong>Sfi Stockholm och Socialtjänsten Stockholm</strong> kan saknas.</p>"
    ) in page


def test_a_correction_shows_what_was_said_what_holds_and_why(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "10.05 JT ", " Underlag") == (
        "Aktivitet: Arbetsträning, lokalvård Pågår Från 2 nov, planerat till 12 mars 2027, paus 3–6 nov, 3 tim i"
        " veckan, tis och tors 13.00–16.00. Handläggare: Jonas Berg, Farsta. Rättelse: [-Tidigare uppgift: 20 tim i"
        " veckan-] [+Gäller nu: 3 tim i veckan+] Skäl: Fel omfattning."
    )


def test_what_was_taken_back_stays_struck_out_with_its_reason(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "Måndag 16 november ", " Underlag") == (
        "08.41 JT [-Närvaro rapporterad: Arbetsträning, lokalvård-] Återkallad Återkallat: [-Tidigare uppgift: 3 tim,"
        " 10 nov-] Skäl: Gällde en annan person."
    )


def test_events_of_one_action_lead_to_each_other_across_agencies(site: Site) -> None:
    answer = site.reader("af").get(f"/deltagare/{site.ids[AMINA]}")

    page = words(answer.text)
    assert "Från Arbetsförmedlingen till Jobbtorg, Farsta. Hör ihop med Remiss skickad AF" in page
    assert "Från Arbetsförmedlingen till Jobbtorg, svar senast 28 aug. Hör ihop med Remiss mottagen JT" in page
    anchors = {part.split('"')[0] for part in answer.text.split('<a href="#h-')[1:]}
    assert len(anchors) == 2
    assert all(f'<li id="h-{anchor}"' in answer.text for anchor in anchors)


def test_a_line_tells_what_it_rests_on(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "Underlag för Inskrivning: Etableringsprogrammet 12 aug 09.00 ", " Måndag 10 augusti") == (
        "Organisation Arbetsförmedlingen, Globen Område Inskrivning Rättsligt stöd Samtycke, 10 kap. 1 § och 12 kap."
        " 2 § OSL Program Etableringsprogrammet Handläggare Maria Ekström Händelser Inskrivning öppnad Hände 12 aug"
        " 09.00, kom till Samspår 14 aug 10.00 A1-ins · urn:samspar:source:af:ais"
    )


def test_a_plan_tells_its_goals_its_lines_and_her_own_words(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "AF Plan: Handlingsplan ", " Underlag") == (
        "Pågår Från 14 aug. Mål: Arbete som lokalvårdare. Två rader: Slutföra sfi 1B; Arbetsträning, lokalvård."
        " Amina säger: ”Jag vill städa på skola.”"
    )


def test_a_sender_that_knows_only_the_day_is_given_no_clock(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "Måndag 1 juni ", " Underlag") == (
        "SFI Utbildning: Sfi kurs B Pågår Kom mer än 30 dagar efteråt Från 1 juni, planerat till 18 dec."
    )


def test_hidden_facts_are_named_by_area_once_above_the_list_and_nowhere_else(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    hidden = "Det finns uppgifter här som du inte får se De gäller ett område som kräver Aminas samtycke: ersättningar."
    assert page.count("Det finns uppgifter här som du inte får se") == 1
    assert page.index("Tidslinje 13 händelser") < page.index(hidden) < page.index("Måndag 16 november")
    assert "Försörjningsstöd" not in page


def test_each_reader_sees_what_the_matrix_gives_and_what_her_own_agency_said(site: Site) -> None:
    social = site.reader("socialtjanst").text(f"/deltagare/{site.ids[AMINA]}")
    school = site.reader("sfi").text(f"/deltagare/{site.ids[AMINA]}")

    assert "SOC Försörjning: Försörjningsstöd Pågår Från 10 aug." in social
    assert "Närvaro rapporterad" not in social
    assert between(school, "AF Plan: Handlingsplan ", " Underlag") == "Pågår Från 14 aug."


def test_completeness_is_told_per_source_in_words(site: Site) -> None:
    page = site.reader("af").text(f"/deltagare/{site.ids[AMINA]}")

    assert between(page, "Så färska är uppgifterna ", " Tidslinje") == (
        "AF Arbetsförmedlingen Vi vet inte om det är fullständigt JT Jobbtorg Stockholm Vi vet inte om det är"
        " fullständigt SFI Sfi Stockholm Tyst sedan 2 sep 10.00 Uppgifter kan saknas SOC Socialtjänsten Stockholm Tyst"
        " sedan 12 aug 10.00 Uppgifter kan saknas Sju andra källor har inget om Amina som du får se FK"
        " Försäkringskassan : har aldrig skickat FM Flyktingmottagningen Stockholm : har aldrig skickat KVX Komvux"
        " Stockholm : har aldrig skickat LEV Leverantören (påhittad) : har aldrig skickat MIG Migrationsverket : har"
        " aldrig skickat DU Deltagarens egna uppgifter : har aldrig skickat REG Region Stockholm : har aldrig skickat"
    ).replace(" :", ":")


def test_the_whole_number_is_shown_on_request_and_the_read_log_says_so(site: Site) -> None:
    visit = site.reader("af")
    visit.get(f"/deltagare/{site.ids[AMINA]}")

    answer = visit.post(f"/deltagare/{site.ids[AMINA]}/nummer")

    assert f"Personnummer {AMINA[:8]}-{AMINA[8:]} (visningen är loggad)" in words(answer.text)
    assert site.last_reads(1) == [("number", "planning", "allowed")]
    again = visit.get(f"/deltagare/{site.ids[AMINA]}/nummer")
    assert (again.status_code, again.headers["location"]) == (303, f"/deltagare/{site.ids[AMINA]}")


def test_unknown_protected_forbidden_and_impossible_persons_get_the_same_page(site: Site) -> None:
    visit = site.reader("af")
    paths = [NOWHERE, site.ids[PROTECTED], site.ids[ELSEWHERE], "abc", "19930920-2393", "%00"]

    answers = [visit.get(f"/deltagare/{path}") for path in paths]

    seen = [
        (
            answer.status_code,
            {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")},
            answer.content,
        )
        for answer in answers
    ]
    assert seen == [seen[0]] * len(paths)
    assert words(answers[0].text) == (
        "Ingen att visa Ingen deltagare att visa. Kontrollera uppgifterna eller din behörighet. Till sökningen"
    )


def test_a_protected_person_is_open_to_her_named_caseworker_without_name_in_the_title_and_never_printed(
    site: Site,
) -> None:
    answer = site.reader("af").get(f"/deltagare/{site.ids[HANDLED]}")

    assert answer.status_code == 200
    assert "<title>Deltagare – Samspår</title>" in answer.text
    assert '<body class="noprint">' in answer.text
    assert "Olena Melnyk Skyddad folkbokföring" in words(answer.text)
