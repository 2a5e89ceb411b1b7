"""Pages out of templates, with the frame that all of them share."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from hub.run.hub import Hub
from hub.store.register import Agency, agencies
from hub.web.session import PURPOSES, Session
from schemas import codes

LANGUAGE_COOKIE = "samspar_language"
LANGUAGES = ("sv", "en")
_HERE = Path(__file__).parent
_COLOURS = {
    "af": "af",
    "jobbtorg": "jt",
    "sfi": "sfi",
    "komvux": "sfi",
    "socialtjanst": "soc",
    "flyktingmottagning": "fm",
    "migrationsverket": "mig",
    "fk": "fk",
    "region": "fk",
}


def page(
    request: Request, hub: Hub, session: Session | None, template: str, status: int = 200, **content: object
) -> HTMLResponse:
    """A page; the frame shows whoever looks, for which purpose, in the language of the frame."""
    language = request.cookies.get(LANGUAGE_COOKIE, "sv")
    language = language if language in LANGUAGES else "sv"
    who = session.who if session else None
    text = (
        templates()
        .get_template(template)
        .render(
            words=_frame()[language],
            language=language,
            session=session,
            who=who,
            who_agency=codes.title("agency", who.agency) if who else "",
            purpose=codes.title("purpose", session.purpose) if session else "",
            purposes=[codes.entries("purpose")[purpose] for purpose in PURPOSES],
            demo=hub.settings.is_development,
            **content,
        )
    )
    return HTMLResponse(text, status)


def agencies_of(hub: Hub) -> Mapping[str, Agency]:
    """The registered agencies by code, for marks and names."""
    with hub.database.transaction() as connection:
        return {agency.code: agency for agency in agencies(connection)}


@cache
def templates() -> Environment:
    """The pages' templates."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["colour_of"] = lambda code: _COLOURS.get(code, "")
    return environment


@cache
def _frame() -> Mapping[str, Mapping[str, str]]:
    with (_HERE / "frame.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {language: {row["key"]: row[language] for row in rows} for language in LANGUAGES}
