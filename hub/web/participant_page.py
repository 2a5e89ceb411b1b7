"""The page of one participant: identity, the answer first, freshness, and the timeline with its filters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from hub.access.policy import Refused
from hub.run.hub import Hub
from hub.run.opening import Question
from hub.run.reading import Timeline, end_of_day, open_timeline
from hub.store.register import Agency
from hub.web.admission import ReadersOf
from hub.web.callers import HubOf
from hub.web.participants_api import participant_of
from hub.web.problems import CallRefusedError
from hub.web.render import agencies_of, page
from hub.web.session import Posted, Session, SessionOf, keep, reader_of
from hub.web.words import swedish
from hub.web.words.freshness import freshness_of, unknowing
from hub.web.words.gist import gist_of, standing
from hub.web.words.header import identity_of
from hub.web.words.lines import days_of, is_late_as_a_rule, title_of
from schemas import codes

router = APIRouter(include_in_schema=False)
PAGE_LIMIT = 50
VIEWS = {
    "plan": (
        "Planer och kartläggning",
        "plan goal mapping competence target_group conversation followup joint_plan module joint_assessment",
    ),
    "akt": (
        "Aktiviteter och närvaro",
        "activity attendance absence progress activity_report placement match employer track intensive_year",
    ),
    "utb": ("Utbildning", "education sfi komvux civic_orientation study_plan"),
    "rem": ("Remisser och ansvar", "referral caseworker consent outcome self_support"),
    "ins": ("Inskrivning och person", "enrolment participant"),
    "ovr": ("Tillstånd, försörjning, hälsa", "permit settlement benefit work_ability"),
}
"""What the filter offers: title, and kinds of spells and families; a test holds that together they leave out none."""

_CORRECTED = "ratt"
_LONGEST_DATE = 40
_LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for; `errors` names what could not be read."""

    agencies: tuple[str, ...]
    views: tuple[str, ...]
    known: str
    held: str
    page: int
    errors: tuple[tuple[str, str], ...]

    def address(self, **changed: object) -> str:
        """The same filters as a query, with changes; a bare `?` when none is left."""
        stated = {
            "kalla": self.agencies,
            "visa": self.views,
            "kant-den": self.known,
            "gallde-den": self.held,
            "sida": self.page,
        } | changed
        return "?" + urlencode(
            {name: value for name, value in stated.items() if value and (name, value) != ("sida", 1)}, doseq=True
        )


async def filters_of(
    request: Request,
    kalla: Annotated[list[str] | None, Query(max_length=40)] = None,
    visa: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Filters:
    """The filters that the address asks for."""
    return _filters(request, kalla or [], visa or [])


@router.get("/deltagare/{participant_id}")
async def participant(
    request: Request,
    hub: HubOf,
    session: SessionOf,
    readers: ReadersOf,
    participant_id: str,
    filters: Annotated[Filters, Depends(filters_of)],
) -> Response:
    """The timeline as the reader may see it."""
    shown = partial(_shown, request, hub, session, participant_id, filters, whole_number=False)
    return await to_thread.run_sync(shown, limiter=readers)


@router.get("/deltagare/{participant_id}/nummer")
def back_to_participant(participant_id: str) -> Response:
    """Whoever reloads the shown number, or comes back to it, gets the page without it."""
    return RedirectResponse(f"/deltagare/{participant_of(participant_id)}", 303)


@router.post("/deltagare/{participant_id}/nummer")
async def whole_number(
    request: Request, hub: HubOf, session: SessionOf, readers: ReadersOf, participant_id: str, form: Posted
) -> Response:
    """The same page with the whole number; the read log says that it was shown."""
    form.clear()
    filters = _filters(request, [], [])
    shown = partial(_shown, request, hub, session, participant_id, filters, whole_number=True)
    return await to_thread.run_sync(shown, limiter=readers)


def _shown(
    request: Request, hub: Hub, session: Session, participant_id: str, filters: Filters, *, whole_number: bool
) -> Response:
    held_day = swedish.read_day(filters.held)
    known_day = swedish.read_day(filters.known)
    question = Question(
        participant_id=participant_of(participant_id),
        purpose=session.purpose,
        as_of=held_day,
        known_at=end_of_day(known_day) if known_day else None,
        kinds=tuple(kind for view in filters.views for kind in VIEWS.get(view, ("", ""))[1].split()),
        agencies=filters.agencies,
        corrected=_CORRECTED in filters.views,
        page=filters.page,
        limit=PAGE_LIMIT,
        action="number" if whole_number else "timeline",
    )
    opened = open_timeline(hub, reader_of(session), question)
    if isinstance(opened, Refused):
        raise CallRefusedError("not_found")
    agencies = agencies_of(hub)
    told, others = freshness_of(opened, opened.as_of)
    identity = identity_of(opened, whole_number=whole_number)
    shown = page(
        request,
        hub,
        session,
        "participant.html",
        timeline=opened,
        filters=filters,
        agencies=agencies,
        identity=identity,
        whole_number=whole_number,
        gist=gist_of(
            opened,
            identity.given_name,
            title_of(standing(opened.everything), opened.everything, opened.as_of),
            {code: agency.name for code, agency in agencies.items()},
        ),
        told=told,
        others=others,
        days=days_of(opened.entries, opened.everything, opened.as_of),
        hidden=[codes.title("domain", domain.value) for domain in opened.hidden],
        sources=_sources(opened, agencies),
        views=[(code, title) for code, (title, _) in VIEWS.items()] + [(_CORRECTED, "Bara rättelser")],
        only_corrected=_CORRECTED,
        narrowed=opened.total < len(opened.everything),
        late=is_late_as_a_rule(opened.everything),
        unknowing=unknowing(opened.sources, opened.as_of),
        older=max(0, opened.total - filters.page * PAGE_LIMIT),
        oldest=_oldest(opened),
        known_day=known_day,
        held_day=held_day,
        read_at=swedish.long_moment(hub.now()),
        words_of=swedish,
    )
    return keep(session, shown, hub)


def _filters(request: Request, agencies: Sequence[str], views: Sequence[str]) -> Filters:
    asked = request.query_params
    known, held = (asked.get(name, "").strip()[:_LONGEST_DATE] for name in ("kant-den", "gallde-den"))
    wrong = [(name, text) for name, text in (("kant", known), ("gallde", held)) if text and not swedish.read_day(text)]
    number = asked.get("sida", "1")
    return Filters(
        agencies=tuple(agencies),
        views=tuple(view for view in views if view in VIEWS or view == _CORRECTED),
        known=known,
        held=held,
        page=min(max(int(number), 1), _LAST_PAGE) if number.isdecimal() and number.isascii() else 1,
        errors=tuple((name, "Skriv datumet som 2026-11-24.") for name, _ in wrong),
    )


def _sources(timeline: Timeline, agencies: Mapping[str, Agency]) -> list[tuple[str, str, int]]:
    """Every agency with entries: code, name, how many."""
    numbers = Counter(entry.agency for entry in timeline.everything)
    named = [(code, agencies[code].name if code in agencies else code, count) for code, count in numbers.items()]
    return sorted(named, key=lambda each: each[1])


def _oldest(timeline: Timeline) -> str:
    days: list[date] = [entry.time.date() for entry in timeline.everything[-1:]]
    return swedish.long_day(days[0]) if days else ""
