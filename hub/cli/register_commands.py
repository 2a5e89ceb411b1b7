"""`hub agency` and `hub source`: who may speak, from where, and which types on which days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from hub.access.tokens import read_public_keys
from hub.access.visibility import MATRIX, readers
from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, errors, print_json, print_table
from hub.intake.numbers import NumberRefused, read_organisation_number
from hub.intake.registry import AgencyKey, Source, naming_nothing
from hub.settings import load
from hub.store.register import Agency, add_agency, add_key, add_source, agencies, authorise, load_registry

agency = typer.Typer(help="Agencies: register and list.", no_args_is_help=True)
source = typer.Typer(help="Sources: register and list.", no_args_is_help=True)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(agency, name="agency")
    app.add_typer(source, name="source")


@agency.command("add")
def agency_add(
    code: str,
    name: Annotated[str, typer.Option(help="Name as people write it.")],
    mark: Annotated[str, typer.Option(help="Two to four letters shown on pages.")],
    number: Annotated[str | None, typer.Option(help="Organisation number.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="A unit; may be repeated.")] = None,
    may_send: Annotated[
        list[str] | None, typer.Option(help="Event types, such as enrolment.*; may be repeated.")
    ] = None,
    key: Annotated[
        list[Path] | None, typer.Option(help="File with a public key (JWK or JWK Set) that it signs its tokens with.")
    ] = None,
    valid_from: Day = None,
    valid_to: Day = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Register an agency with its units, its keys and what it may send from one day to another, or change them."""
    read = read_organisation_number(number) if number else None
    if isinstance(read, NumberRefused):
        errors.print(f"Expected an organisation number with ten digits and the right check digit, found {read.found}.")
        raise typer.Exit(1)
    if unknown := naming_nothing(may_send or ()):
        errors.print(
            f"Expected event types of the contract (plan.created, plan.* or *), found {', '.join(unknown)}."
            " docs/events.md lists them all. Nothing was changed."
        )
        raise typer.Exit(1)
    public = [found for path in key or () for found in read_public_keys(_content(path), str(path))]
    begins, ends = (day.date() if day else None for day in (valid_from, valid_to))
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        new = add_agency(
            connection, Agency(code=code, name=name, mark=mark, organisation_number=read, units=tuple(unit or ()))
        )
        authorise(connection, code, may_send or (), begins, ends)
        for kid, jwk in public:
            if not add_key(connection, AgencyKey(kid=kid, agency=code, jwk=jwk, valid_from=begins, valid_to=ends)):
                errors.print("Expected a key id of its own, found one of another agency. Make a key with another kid.")
                raise typer.Exit(1)
        sends = [granted.pattern for granted in load_registry(connection).authorisations.get(code, ())]
    if as_json:
        print_json({"agency": code, "new": new})
    else:
        _tell(name, code, sends)


def _tell(name: str, code: str, sends: Sequence[str]) -> None:
    """What follows from it, and what does not: an agency that nobody gave anything finds out here, not by silence."""
    console.print(f"{name} is registered as {code}.")
    console.print(
        f"It may send {', '.join(sends)}, from a source of its own: hub source add URI --agency {code}"
        if sends
        else f"It may send nothing yet. Let it with: hub agency add {code} … --may-send TYPE"
    )
    if code not in readers():
        console.print(f"Its caseworkers see nothing on any timeline: no row of the visibility matrix names {code}.")
        console.print(f"The matrix is a file of the release: {MATRIX}")


def _content(path: Path) -> bytes:
    if not path.is_file():
        errors.print(f"Expected a file with a public key, found nothing at {path}.")
        raise typer.Exit(1)
    return path.read_bytes()


@agency.command("list")
def agency_list(*, as_json: AsJson = False) -> None:
    """All agencies with their units and what they may send."""
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        listed = agencies(connection)
        registry = load_registry(connection)
    granted = registry.authorisations
    keys = {each.code: [key.kid for key in registry.keys.values() if key.agency == each.code] for each in listed}
    patterns = {each.code: [row.pattern for row in granted.get(each.code, ())] for each in listed}
    if as_json:
        print_json(
            [
                {
                    "agency": each.code,
                    "name": each.name,
                    "mark": each.mark,
                    "organisation_number": each.organisation_number,
                    "units": each.units,
                    "may_send": patterns[each.code],
                    "keys": keys[each.code],
                }
                for each in listed
            ]
        )
        return
    print_table(
        "Agencies",
        ("code", "mark", "name", "units", "keys", "may send"),
        [
            (each.code, each.mark, each.name, len(each.units), len(keys[each.code]), " ".join(patterns[each.code]))
            for each in listed
        ],
        "No agency is registered. Add one with: hub agency add CODE --name NAME --mark XX",
    )


@source.command("add")
def source_add(
    uri: str,
    agency_code: Annotated[str, typer.Option("--agency", help="Code of the agency that owns the source.")],
    first_sequence: int = 1,
    grace_minutes: int = 15,
    silent_after_hours: int = 24,
    *,
    as_json: AsJson = False,
) -> None:
    """Register a source (a system that sends) of an agency, or change its properties."""
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        if agency_code not in {each.code for each in agencies(connection)}:
            errors.print(
                f"Expected the code of a registered agency, found {agency_code}. List them with: hub agency list"
            )
            raise typer.Exit(1)
        owner = load_registry(connection).sources.get(uri)
        if owner is not None and owner.agency != agency_code:
            errors.print(f"Expected a new source or one of {agency_code}, found one of another agency.")
            raise typer.Exit(1)
        add_source(
            connection,
            Source(
                uri=uri,
                agency=agency_code,
                first_sequence=first_sequence,
                grace=timedelta(minutes=grace_minutes),
                silent_after=timedelta(hours=silent_after_hours),
            ),
        )
    if as_json:
        print_json({"source": uri, "agency": agency_code})
    else:
        console.print(f"{uri} is registered for {agency_code}.")


@source.command("list")
def source_list(*, as_json: AsJson = False) -> None:
    """All sources."""
    with open_hub(load()) as hub:
        listed = hub.registry().sources.values()
    if as_json:
        print_json(
            [{"source": each.uri, "agency": each.agency, "first_sequence": each.first_sequence} for each in listed]
        )
        return
    print_table(
        "Sources",
        ("source", "agency", "first sequence", "grace", "silent after"),
        [(each.uri, each.agency, each.first_sequence, each.grace, each.silent_after) for each in listed],
        "No source is registered. Add one with: hub source add URI --agency CODE",
    )
