"""A mapping file is read as it stands, or refused with what was expected and found, and where."""

import re

import pytest

from connectors.csv_mapping import ExportMapping, Field, MappedEvent, read_mapping
from schemas.errors import Misconfigured
from tests.unit.connectors.lists import MAPPING


def refusal(text: str) -> str:
    """What the hub says about a mapping that it refuses."""
    with pytest.raises(Misconfigured) as refused:
        read_mapping(text, "map.toml")
    return str(refused.value)


def with_line(old: str, new: str) -> str:
    """The mapping with one line other."""
    assert old in MAPPING
    return MAPPING.replace(old, new)


def test_a_mapping_is_read_as_it_stands() -> None:
    assert read_mapping(MAPPING, "map.toml") == ExportMapping(
        name="insatser",
        source="urn:samspar:source:leverantor:insatser",
        encoding="utf-8",
        delimiter=";",
        key=("Kundnr",),
        reference_column="Kundnr",
        reference_number=None,
        time_column="Anmäld",
        time_format="%Y-%m-%d %H:%M",
        events=(
            MappedEvent(
                name="activity.registered",
                version=1,
                changed="activity.changed",
                fields={
                    "key": Field(column="Kundnr"),
                    "activity": Field(column="Insats", codes={"Praktik": "praktik", "Sfi": "sfi"}),
                    "label": Field(column="Rubrik"),
                    "from": Field(column="Start", date="%d.%m.%Y"),
                    "hours": Field(column="Tim", decimal=","),
                    "week": Field(column="Tider", many=","),
                    "obligation": Field(value="must"),
                },
            ),
        ),
    )


def test_a_list_must_have_every_column_that_the_mapping_names() -> None:
    text = with_line("[event.fields]", '[event.identifiers]\n"Personnr" = "personal_number"\n[event.fields]')

    assert read_mapping(text, "map.toml").columns == set("Kundnr Insats Rubrik Start Tim Tider Anmäld Personnr".split())


def test_what_may_be_left_out_is_days_and_the_first_version_and_a_plain_value() -> None:
    text = re.sub(r"\[time\].*?\n\n", "", MAPPING, flags=re.DOTALL).replace('{ value = "must" }', '"must"')
    mapping = read_mapping(text, "map.toml")

    assert (mapping.time_column, mapping.time_format, mapping.events[0].version) == (None, "%Y-%m-%d", 1)
    assert mapping.events[0].fields["obligation"] == Field(value="must")


_EVENT = "map.toml [[event]] 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "map.toml: expected TOML, found Invalid value (at end of document)"),
        ("", "map.toml: expected either column or number for reference, found neither"),
        (with_line('name = "insatser"\n', ""), "map.toml: expected a text for name, found nothing"),
        (with_line('"insatser"', '""'), "map.toml: expected a text for name, found an empty text"),
        (with_line('"insatser"', "5"), "map.toml: expected a text for name, found a number"),
        (with_line('"utf-8"', '"utf-16"'), "map.toml: expected utf-8 or windows-1252 for encoding, found utf-16"),
        (with_line('delimiter = ";"\n', ""), "map.toml: expected ; or , for delimiter, found nothing"),
        (
            with_line('["Kundnr"]', '"Kundnr"'),
            "map.toml: expected a list of the columns that name a row for key, found a text",
        ),
        (
            with_line('["Kundnr"]', "[]"),
            "map.toml: expected a list of the columns that name a row for key, found an empty list",
        ),
        (
            with_line('["Kundnr"]', "[1]"),
            "map.toml: expected a list of the columns that name a row for key, found a list",
        ),
        (
            with_line("[reference]", '[reference]\nnumber = "Personnr"'),
            "map.toml: expected either column or number for reference, found both",
        ),
        (
            with_line("[reference]\ncolumn", "[reference]\nkolumn"),
            "map.toml [reference]: expected column or number for the names in it, found kolumn",
        ),
        (
            with_line('[reference]\ncolumn = "Kundnr"\n', 'reference = "Kundnr"\n'),
            "map.toml: expected a table for reference, found a text",
        ),
        (with_line('"%Y-%m-%d %H:%M"', "5"), "map.toml [time]: expected a text for format, found a number"),
        (
            with_line("delimiter =", 'separator = ";"\ndelimiter ='),
            "map.toml: expected name or source or encoding or delimiter or key or reference or time or event for the names in it, found separator",
        ),
        (MAPPING.partition("[[event]]")[0], "map.toml: expected at least one [[event]] for event, found nothing"),
        (with_line("[[event]]", "[event]"), "map.toml: expected at least one [[event]] for event, found a table"),
        (
            MAPPING + MAPPING[MAPPING.index("[[event]]") :],
            "map.toml: expected every type once for event, found activity.registered twice",
        ),
        (
            with_line('"activity.registered"', '"activity.danced"'),
            f"{_EVENT}: expected a type of the contract at a version it has for type, found activity.danced version 1",
        ),
        (
            with_line("changed =", "version = 7\nchanged ="),
            f"{_EVENT}: expected a type of the contract at a version it has for type, found activity.registered version 7",
        ),
        (
            with_line("changed =", 'version = "1"\nchanged ='),
            f"{_EVENT}: expected a type of the contract at a version it has for type, found activity.registered version 1",
        ),
        (
            with_line("activity.changed", "activity.danced"),
            f"{_EVENT}: expected a type of the contract for changed, found activity.danced",
        ),
        (
            with_line("changed =", "change ="),
            f"{_EVENT}: expected type or version or changed or fields or identifiers for the names in it, found change",
        ),
        (
            with_line("[event.fields]", '[event.identifiers]\n"Pass" = "passport"\n[event.fields]'),
            f"{_EVENT}: expected personal_number or coordination_number or interim_number or lma_number for identifiers.Pass, found passport",
        ),
        (
            with_line('{ column = "Rubrik" }', '{ colum = "Rubrik" }'),
            f"{_EVENT} fields.label: expected column or value, with codes, date, decimal or many for field, found colum",
        ),
        (
            with_line('{ column = "Rubrik" }', '{ column = "Rubrik", value = "x" }'),
            f"{_EVENT} fields.label: expected column or value, with codes, date, decimal or many for field, found column, value",
        ),
        (
            with_line('{ column = "Rubrik" }', "{ column = 5 }"),
            f"{_EVENT} fields.label: expected a text for column, found a number",
        ),
        (
            with_line('{ value = "must" }', "2026-03-02"),
            f"{_EVENT} fields.obligation: expected a text, a number, true or false for value, found a day; put it in quotes",
        ),
        (
            with_line('decimal = ","', 'decimal = "komma"'),
            f"{_EVENT} fields.hours: expected , or . for decimal, found komma",
        ),
        (
            with_line('"Sfi" = "sfi"', '"Sfi" = 5'),
            f"{_EVENT} fields.activity: expected a text for every word for codes, found another kind of value",
        ),
        (
            with_line('codes = { "Praktik" = "praktik", "Sfi" = "sfi" }', 'codes = "x"'),
            f"{_EVENT} fields.activity: expected a table for codes, found a text",
        ),
        (with_line('many = ","', 'many = ""'), f"{_EVENT} fields.week: expected a text for many, found an empty text"),
    ],
)
def test_a_wrong_mapping_is_told_what_was_expected_and_found_and_where(text: str, said: str) -> None:
    assert refusal(text) == said
