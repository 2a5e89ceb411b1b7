"""The pages around the timeline: demo entrance, purpose, search, language, and what the law asks for."""

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hub.access.policy import Reader, Refused
from hub.intake.numbers import IDENTIFIER_TYPES
from hub.run.hub import Hub
from hub.run.reading import find_participant
from hub.store.database import rows
from hub.web.admission import ReadersOf
from hub.web.callers import HubOf
from hub.web.problems import CallRefusedError
from hub.web.render import LANGUAGE_COOKIE, LANGUAGES, agencies_of, page
from hub.web.session import PURPOSES, Posted, Session, SessionOf, keep, personas, reader_of
from hub.web.words.numbers import number_error
from schemas import codes
from schemas.days import day_of

router = APIRouter(include_in_schema=False)
_LONGEST_NUMBER = 64
STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the search form; it is given back only to be mended."""

    kind: str
    number: str


_NOTHING_TYPED = Typed(IDENTIFIER_TYPES[0], "")


@router.get("/")
def entrance(request: Request, hub: HubOf, session: SessionOf) -> Response:
    """Choose a persona; only the demo has this door."""
    shown = page(request, hub, session, "entrance.html", personas=personas().values(), agencies=agencies_of(hub))
    return keep(session, shown, hub)


@router.post("/persona")
def choose_persona(hub: HubOf, session: SessionOf, form: Posted) -> Response:
    """Become a persona, or nobody."""
    if not hub.settings.is_development:
        raise CallRefusedError("not_found")
    chosen = personas().get(form.get("persona", ""))
    changed = replace(session, persona=chosen.code if chosen else None)
    return keep(changed, _see("/sok" if chosen else "/"), hub)


@router.post("/andamal")
def change_purpose(request: Request, hub: HubOf, session: SessionOf, form: Posted) -> Response:
    """Read for another purpose from now on."""
    purpose = form.get("andamal", "")
    changed = replace(session, purpose=purpose) if purpose in PURPOSES else session
    return keep(changed, _see(_where_from(request)), hub)


@router.get("/sok")
def search_form(request: Request, hub: HubOf, session: SessionOf) -> Response:
    """The form; in the demo also people to look at."""
    reader_of(session)
    return keep(session, _search_page(request, hub, session, found=True), hub)


@router.post("/sok")
async def search(request: Request, hub: HubOf, session: SessionOf, readers: ReadersOf, form: Posted) -> Response:
    """To the participant, or the same answer for whoever is unknown, protected or not the reader's to see."""
    reader = reader_of(session)
    return await to_thread.run_sync(_searched, request, hub, session, reader, form, limiter=readers)


def _searched(request: Request, hub: Hub, session: Session, reader: Reader, form: dict[str, str]) -> Response:
    """Outside the event loop: find, and write the answer."""
    if "person" in form and hub.settings.is_development:
        chosen = _demo_participant(hub, form["person"])
        return _see(f"/deltagare/{chosen}") if chosen else _search_page(request, hub, session, found=False)
    typed = Typed(form.get("typ", IDENTIFIER_TYPES[0]), form.get("nummer", "").strip()[:_LONGEST_NUMBER])
    if error := number_error(typed.kind, typed.number, day_of(hub.now())):
        return _search_page(request, hub, session, found=True, typed=typed, error=error)
    found = find_participant(hub, reader, typed.kind, typed.number, session.purpose)
    if isinstance(found, Refused):
        return _search_page(request, hub, session, found=False)
    return _see(f"/deltagare/{found}")


@router.get("/sprak/{language}")
def set_language(request: Request, hub: HubOf, language: str) -> Response:
    """The frame in another language, on the page one came from."""
    answer = _see(_where_from(request))
    if language in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, httponly=True, samesite="lax", secure=not hub.settings.is_development
        )
    return answer


@router.get("/tillganglighet")
def accessibility(request: Request, hub: HubOf, session: SessionOf) -> Response:
    """The accessibility statement."""
    return page(request, hub, session, "accessibility.html")


@router.get("/personuppgifter")
def privacy(request: Request, hub: HubOf, session: SessionOf) -> Response:
    """How personal data are used."""
    return page(request, hub, session, "privacy.html")


def _search_page(
    request: Request, hub: Hub, session: SessionOf, *, found: bool, typed: Typed = _NOTHING_TYPED, error: str = ""
) -> Response:
    return page(
        request,
        hub,
        session,
        "search.html",
        people=_offered(hub) if hub.settings.is_development else [],
        kinds=[codes.entries("identifier_type")[kind] for kind in IDENTIFIER_TYPES],
        found=found,
        typed=typed,
        error=error,
    )


def _offered(hub: Hub) -> list[tuple[int, str, str, str]]:
    with hub.database.transaction() as connection:
        found = rows(connection, "SELECT place, name, title_sv, description_sv FROM demo_persona ORDER BY place")
    return [(row[0], row[1], row[2], row[3]) for row in found]


def _demo_participant(hub: Hub, place: str) -> str | None:
    """The participant behind a button of the demo; whether they may be read, the policy says afterwards."""
    with hub.database.transaction() as connection:
        found = rows(
            connection,
            "SELECT participant_id FROM demo_persona JOIN reference_binding USING (source, reference)"
            " WHERE unbound_at IS NULL AND place::text = %s",
            (place[:8],),
        )
    return str(found[0][0]) if found else None


def _see(path: str) -> Response:
    return RedirectResponse(path, 303)


def _where_from(request: Request) -> str:
    """The path of the referring page when it is ours; a whole address never leads anywhere else."""
    referer = urlsplit(request.headers.get("referer", ""))
    ours = referer.netloc == request.headers.get("host")
    path = referer.path + (f"?{referer.query}" if referer.query else "")
    return path if ours and path.startswith("/") and not path.startswith("//") else "/"
