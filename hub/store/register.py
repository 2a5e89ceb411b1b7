"""The register of agencies, their units, sources and authorisations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from hub.intake.registry import AgencyKey, Authorisation, Registry, Source
from hub.store.database import execute, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as pages and lists show it."""

    code: str
    name: str
    mark: str
    organisation_number: str | None
    units: tuple[str, ...] = ()


def load_registry(connection: Connection) -> Registry:
    """Everything that is asked about senders, in three queries."""
    sources = {
        uri: Source(
            uri=uri,
            agency=agency,
            first_sequence=first,
            grace=timedelta(minutes=grace),
            silent_after=timedelta(hours=silent),
        )
        for uri, agency, first, grace, silent in rows(
            connection, "SELECT uri, agency, first_sequence, grace_minutes, silent_after_hours FROM source ORDER BY uri"
        )
    }
    granted: defaultdict[str, list[Authorisation]] = defaultdict(list)
    for agency, pattern, begins, ends in rows(
        connection, "SELECT agency, pattern, valid_from, valid_to FROM authorisation ORDER BY agency, pattern"
    ):
        granted[agency].append(Authorisation(agency=agency, pattern=pattern, valid_from=begins, valid_to=ends))
    keys = {
        kid: AgencyKey(kid=kid, agency=agency, jwk=jwk, valid_from=begins, valid_to=ends)
        for kid, agency, jwk, begins, ends in rows(
            connection, "SELECT kid, agency, jwk::text, valid_from, valid_to FROM agency_key ORDER BY kid"
        )
    }
    return Registry(
        sources=sources, authorisations={agency: tuple(listed) for agency, listed in granted.items()}, keys=keys
    )


def agencies(connection: Connection) -> list[Agency]:
    """Every agency with its units, by code."""
    return [
        Agency(code=code, name=name, mark=mark, organisation_number=number, units=tuple(units))
        for code, name, mark, number, units in rows(
            connection,
            "SELECT code, name, mark, organisation_number,"
            " array(SELECT unit FROM agency_unit WHERE agency = code ORDER BY unit) FROM agency ORDER BY code",
        )
    ]


def add_agency(connection: Connection, agency: Agency) -> bool:
    """Register an agency and its units; known ones keep their code and get the new words. Whether it was new."""
    added = rows(
        connection,
        "INSERT INTO agency (code, name, mark, organisation_number) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, mark = excluded.mark,"
        " organisation_number = excluded.organisation_number RETURNING (xmax = 0)",
        (agency.code, agency.name, agency.mark, agency.organisation_number),
    )
    execute(
        connection,
        "INSERT INTO agency_unit (agency, unit) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        (agency.code, list(agency.units)),
    )
    return bool(added[0][0])


def add_source(connection: Connection, source: Source) -> None:
    """Register a source of an agency, or change its properties. Another agency's source is not taken over."""
    execute(
        connection,
        "INSERT INTO source (uri, agency, first_sequence, grace_minutes, silent_after_hours) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (uri) DO UPDATE SET first_sequence = excluded.first_sequence,"
        " grace_minutes = excluded.grace_minutes, silent_after_hours = excluded.silent_after_hours"
        " WHERE source.agency = excluded.agency",
        (
            source.uri,
            source.agency,
            source.first_sequence,
            int(source.grace.total_seconds() // 60),
            int(source.silent_after.total_seconds() // 3600),
        ),
    )


def add_key(connection: Connection, key: AgencyKey) -> bool:
    """Register a key of an agency, or change its days; False when another agency has a key of that id."""
    changed = execute(
        connection,
        "INSERT INTO agency_key (kid, agency, jwk, valid_from, valid_to) VALUES (%s, %s, %s::jsonb, %s, %s)"
        " ON CONFLICT (kid) DO UPDATE SET jwk = excluded.jwk, valid_from = excluded.valid_from,"
        " valid_to = excluded.valid_to WHERE agency_key.agency = excluded.agency",
        (key.kid, key.agency, key.jwk, key.valid_from, key.valid_to),
    )
    return changed == 1


def authorise(
    connection: Connection, agency: str, patterns: Iterable[str], valid_from: date | None, valid_to: date | None
) -> None:
    """Let an agency send types on certain days. An authorisation from the same day gets the new end."""
    execute(
        connection,
        "INSERT INTO authorisation (agency, pattern, valid_from, valid_to)"
        " SELECT %s, pattern, %s, %s FROM unnest(%s::text[]) AS given (pattern)"
        " ON CONFLICT (agency, pattern, valid_from) DO UPDATE SET valid_to = excluded.valid_to",
        (agency, valid_from, valid_to, sorted(set(patterns))),
    )
