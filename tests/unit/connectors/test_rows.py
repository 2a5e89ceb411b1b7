"""Exported lists as events: encodings, cells, and what happens when the next list says something else, or the same."""

import re

import pytest

from connectors.csv_cells import header_problem
from connectors.csv_mapping import read_mapping
from schemas.event_type import Json
from tests.unit.connectors.lists import HEADER, MAPPING, ROW, Lists, bodies, told, wrong


def cells(**change: str) -> str:
    """The row with other cells; `Tim="8"`."""
    by_column = dict(zip(HEADER.split(";"), ROW.split(";"), strict=True)) | change
    return ";".join(by_column[column] for column in HEADER.split(";"))


def value(name: str, **change: str) -> Json:
    """What a field is when a cell is other; None: left out."""
    [body] = bodies(Lists().send(cells(**change)))
    return body["data"].get(name)


def test_a_row_becomes_an_event_as_its_sender_would_write_it() -> None:
    [body] = bodies(Lists().send(ROW))

    assert body | {"id": "-"} == {
        "specversion": "1.0",
        "id": "-",
        "source": "urn:samspar:source:leverantor:insatser",
        "type": "se.samspar.activity.registered",
        "schemaversion": 1,
        "time": "2026-02-27T07:30:00+00:00",
        "subject": "K1",
        "data": {
            "key": "K1",
            "activity": "praktik",
            "label": "Bageriet",
            "from": "2026-03-02",
            "hours": 7.5,
            "week": ["mon 09:00-12:00", "tue 09:00-12:00"],
            "obligation": "must",
        },
    }


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_encodings_delimiters_and_line_ends_do_not_matter(encoding: str, delimiter: str, ends: str) -> None:
    changed = MAPPING.replace('"utf-8"', f'"{encoding}"').replace('delimiter = ";"', f'delimiter = "{delimiter}"')
    lists = Lists(mapping=read_mapping(changed, "map.toml"))
    rows = [row.replace(";", "\x1f") for row in (HEADER, cells(Rubrik="Åsö – café"))]
    quoted = [delimiter.join(f'"{cell}"' for cell in row.split("\x1f")) for row in rows]

    [body] = bodies(lists.send_bytes(ends.join([*quoted, ""]).encode(encoding)))

    assert body == bodies(Lists().send(cells(Rubrik="Åsö – café")))[0]


def test_a_byte_order_mark_before_the_header_is_passed_over() -> None:
    assert Lists().send_bytes(b"\xef\xbb\xbf" + f"{HEADER}\n{ROW}\n".encode()).items == Lists().send(ROW).items


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_breaks() -> None:
    assert value("label", Rubrik='"Bageriet; ""Nya""\r\nVåning 2"') == 'Bageriet; "Nya"\r\nVåning 2'


def test_rows_are_told_apart_by_line_also_after_a_line_break_in_a_cell() -> None:
    listed = Lists().send(cells(Rubrik='"a\nb"'), cells(Kundnr="K2", Insats="Dans"))

    assert [line for line, *_ in wrong(listed)] == [4]


def test_white_space_around_cells_and_columns_is_not_content() -> None:
    spaced = HEADER.replace(";", " ; ")

    assert bodies(Lists().send(ROW.replace(";", "  ;\t"), header=spaced)) == bodies(Lists().send(ROW))


def test_columns_in_another_order_and_more_of_them_change_nothing() -> None:
    reordered = ";".join(["Extra", *reversed(HEADER.split(";")), ""])
    row = ";".join(["x", *reversed(ROW.split(";")), ""])

    assert bodies(Lists().send(row, header=reordered)) == bodies(Lists().send(ROW))


def test_an_empty_cell_leaves_its_field_out_and_empty_rows_are_nothing() -> None:
    [body] = bodies(Lists().send("", cells(Rubrik="", Tim=" ", Tider=""), ";;;;;;", ""))

    assert sorted(body["data"]) == ["activity", "from", "key", "obligation"]


def test_a_row_that_ends_early_has_empty_cells() -> None:
    mapping = read_mapping(
        MAPPING.replace("[time]", "[time]")
        .replace('column = "Anmäld"', 'column = "Start"')
        .replace('"%Y-%m-%d %H:%M"', '"%d.%m.%Y"'),
        "map.toml",
    )

    [body] = bodies(Lists(mapping=mapping).send("K1;Praktik;Bageriet;02.03.2026"))

    assert (body["time"], "hours" in body["data"]) == ("2026-03-01T23:00:00+00:00", False)


@pytest.mark.parametrize(
    ("cell", "day"), [("02.03.2026", "2026-03-02"), ("2.3.2026", "2026-03-02"), ("29.02.2024", "2024-02-29")]
)
def test_a_day_is_written_as_the_agency_writes_it(cell: str, day: str) -> None:
    assert value("from", Start=cell) == day


@pytest.mark.parametrize("cell", ["31.02.2026", "2026-03-02", "02/03/2026", "imorgon", "02.03.26"])
def test_a_day_in_another_form_is_wrong(cell: str) -> None:
    assert wrong(Lists().send(cells(Start=cell))) == [(2, "/Start", "%d.%m.%Y", f"{len(cell)} characters")]


@pytest.mark.parametrize(("cell", "number"), [("7,5", 7.5), ("8", 8.0), ("-1,25", -1.25), ("007", 7.0)])
def test_a_number_has_the_decimal_sign_of_the_agency(cell: str, number: float) -> None:
    assert value("hours", Tim=cell) == number


@pytest.mark.parametrize(
    "cell", ["7.5", "1.500", "1 500", "7,5 tim", "nan", "inf", "1e3", "1_0", "7,", ",5", "7,5,0", "\u0667"]
)
def test_what_is_no_such_number_is_wrong_and_never_guessed(cell: str) -> None:
    assert wrong(Lists().send(cells(Tim=cell))) == [
        (2, "/Tim", "a number with decimal sign ,", f"{len(cell)} characters")
    ]


def test_a_word_without_a_code_is_wrong_and_not_repeated() -> None:
    assert wrong(Lists().send(cells(Insats="Dans"))) == [(2, "/Insats", "one of Praktik, Sfi", "4 characters")]


def test_a_cell_may_hold_several_values() -> None:
    assert [value("week", Tider=cell) for cell in ("a", "a,b", " a , b ,, ", ",")] == [
        ["a"],
        ["a", "b"],
        ["a", "b"],
        [],
    ]


def test_a_row_without_reference_or_time_is_wrong() -> None:
    assert wrong(Lists().send(cells(Kundnr=""), cells(Anmäld=""))) == [
        (2, "/Kundnr", "a reference", "nothing"),
        (3, "/Anmäld", "%Y-%m-%d %H:%M", "0 characters"),
    ]


def test_a_column_is_pointed_at_whatever_it_is_called() -> None:
    mapping = read_mapping(MAPPING.replace('"Tim"', '"Tim/vecka ~"'), "map.toml")
    listed = Lists(mapping=mapping).send(cells(Tim="x"), header=HEADER.replace("Tim", "Tim/vecka ~"))

    assert wrong(listed)[0][:2] == (2, "/Tim~1vecka ~0")


def test_a_wrong_row_harms_no_other_and_keeps_its_text_for_the_quarantine() -> None:
    listed = Lists().send(cells(Insats="Dans"), cells(Kundnr="K2"))

    assert [type(item).__name__ for item in listed.items] == ["RowRefused", "RowEvent"]
    assert '"Insats": "Dans"' in str(getattr(listed.items[0], "raw", ""))
    assert "Dans" not in repr(listed.items[0])


def test_a_row_with_cells_beyond_the_columns_is_wrong_because_they_may_have_moved() -> None:
    listed = Lists().send(cells(Rubrik="Bageriet; våning 2"))

    assert wrong(listed) == [(2, None, "as many cells as columns, and quotes around a delimiter", "8 cells")]


def test_the_same_list_again_gives_the_same_events_also_when_nothing_was_remembered() -> None:
    first, second, third = Lists(), Lists(), Lists(mapping=read_mapping(MAPPING, "other.toml"))
    rows = (ROW, cells(Kundnr="K2"))

    assert bodies(first.send(*rows)) == bodies(first.send(*reversed(rows)))[::-1] == bodies(second.send(*rows))
    assert bodies(third.send(*rows)) == bodies(second.send(*rows))


def test_other_values_are_a_change_and_going_back_is_another() -> None:
    lists = Lists()
    a, b = cells(), cells(Rubrik="Caféet", Anmäld="2026-03-10 08:00")

    sent = [bodies(lists.send(row))[0] for row in (a, b, a, a, b)]

    assert [(body["type"].rpartition(".")[2], body["data"]["label"]) for body in sent] == [
        ("registered", "Bageriet"),
        ("changed", "Caféet"),
        ("changed", "Bageriet"),
        ("changed", "Bageriet"),
        ("changed", "Caféet"),
    ]
    assert [len({body["id"] for body in sent[:count]}) for count in (1, 2, 3, 4, 5)] == [1, 2, 3, 3, 4]
    assert [body["time"] for body in sent[:2]] == ["2026-02-27T07:30:00+00:00", "2026-03-10T07:00:00+00:00"]


def test_a_new_time_alone_is_no_change() -> None:
    lists = Lists()

    assert bodies(lists.send(ROW)) == bodies(lists.send(cells(Anmäld="2026-10-01 08:00")))


def test_an_event_without_a_change_of_its_own_is_not_sent_again() -> None:
    lists = Lists(mapping=read_mapping(MAPPING.replace('changed = "activity.changed"\n', ""), "map.toml"))

    assert [told(lists.send(cells(Rubrik=label))) for label in "aab"] == [["activity.registered a"]] * 2 + [[]]


def test_a_row_opens_again_as_long_as_what_opened_it_was_refused() -> None:
    lists = Lists()
    a, b, c = (cells(Rubrik=label) for label in "abc")

    sent = [bodies(lists.send(a))[0]]
    for row in (a, b, c, a):
        lists.refused = {body["id"] for body in sent[:2]}
        sent.append(bodies(lists.send(row))[0])

    assert [(body["type"].rpartition(".")[2], body["data"]["label"]) for body in sent] == [
        ("registered", "a"),
        ("registered", "a"),
        ("registered", "b"),
        ("changed", "c"),
        ("changed", "a"),
    ]
    assert [sent[0]["id"] == sent[1]["id"], len({body["id"] for body in sent})] == [True, 4]


def test_a_vanished_row_warns_and_closes_nothing_and_may_come_back() -> None:
    lists = Lists()
    lists.send(ROW, cells(Kundnr="K2", Rubrik="Caféet"))

    gone, back = lists.send(ROW), lists.send(ROW, cells(Kundnr="K2", Rubrik="Caféet"))

    assert (told(gone), gone.warnings) == (
        ["activity.registered Bageriet"],
        ["1 statements of earlier lists are not in this one; nothing was closed. Send their end as a row or an event."],
    )
    assert (told(back), back.warnings) == (["activity.registered Bageriet", "activity.registered Caféet"], [])


def test_a_row_that_is_wrong_this_time_has_not_vanished() -> None:
    lists = Lists()
    lists.send(ROW)
    listed = lists.send(cells(Tim="x"))

    assert (len(wrong(listed)), listed.warnings) == (1, [])
    assert told(lists.send(cells(Rubrik="Caféet"))) == ["activity.changed Caféet"]


def test_a_row_that_stands_twice_is_one_and_with_other_values_it_is_wrong() -> None:
    lists = Lists()
    again = [lists.send(ROW, ROW), lists.send(ROW, cells(Rubrik="Caféet")), lists.send(ROW, cells(Rubrik="Caféet"))]

    assert [wrong(listed) for listed in again] == [
        [],
        *[[(3, "/Kundnr", "every row once in a list", "other values than in line 2")]] * 2,
    ]
    assert {item.body["id"] for listed in again for item in listed.items if hasattr(item, "body")} == {
        bodies(Lists().send(ROW))[0]["id"]
    }


def test_without_a_time_a_row_is_of_the_run_that_first_said_so() -> None:
    mapping = read_mapping(re.sub(r"\[time\].*?\n\n", "", MAPPING, flags=re.DOTALL), "map.toml")
    lists = Lists(mapping=mapping)
    first = lists.send(ROW)
    lists.now = lists.now.replace(day=21)

    assert bodies(lists.send(ROW)) == bodies(first)
    assert [body["time"] for body in bodies(lists.send(ROW, cells(Kundnr="K2")))] == [
        "2026-11-20T15:00:00+00:00",
        "2026-11-21T15:00:00+00:00",
    ]


REGISTERING = """
name = "personer"
source = "urn:samspar:source:leverantor:personer"
encoding = "utf-8"
delimiter = ";"
key = ["Personnr"]
[reference]
number = "Personnr"
[[event]]
type = "participant.registered"
[event.identifiers]
"Personnr" = "personal_number"
"LMA" = "lma_number"
[event.fields]
protection = { value = "none" }
"""


def registered(number: str, lma: str = "") -> tuple[str, Json]:
    """The reference and the data of a list of people."""
    lists = Lists(mapping=read_mapping(REGISTERING, "map.toml"))
    [body] = bodies(lists.send(f"{number};{lma}", header="Personnr;LMA"))
    return body["subject"], body["data"]


def test_identifiers_come_from_their_columns() -> None:
    assert [registered("930920-2399", lma)[1] for lma in ("", "12-345678")] == [
        {"protection": "none", "identifiers": [{"type": "personal_number", "value": "930920-2399"}]},
        {
            "protection": "none",
            "identifiers": [
                {"type": "personal_number", "value": "930920-2399"},
                {"type": "lma_number", "value": "12-345678"},
            ],
        },
    ]


def test_a_number_as_reference_is_hashed_and_means_the_same_with_and_without_a_hyphen() -> None:
    references = [registered(number)[0] for number in ("930920-2399", "9309202399", "930920+2399", "941009-2399")]

    assert references[0] == references[1]
    assert len(set(references)) == 3
    assert not any(re.search(r"\d{6}|2399", reference) for reference in references)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"{HEADER}\n{ROW}\n".encode(), None),
        (f"{HEADER};Extra\n".encode(), None),
        (b"", ("field_missing", "no column Anm\u00e4ld, Insats, Kundnr, Rubrik, Start, Tider, Tim")),
        (b"Kundnr;Insats\n", ("field_missing", "no column Anm\u00e4ld, Rubrik, Start, Tider, Tim")),
        (
            HEADER.replace(";", ",").encode(),
            ("field_missing", "no column Anm\u00e4ld, Insats, Kundnr, Rubrik, Start, Tider, Tim"),
        ),
        (HEADER.encode("windows-1252"), ("body_not_utf8", "offset 40")),
        (f'{HEADER}\nK1;"Praktik;x\nK2;y\n'.encode(), ("field_invalid", "line 3: unexpected end of data")),
        (f'{HEADER}\nK1;"a"b;x\n'.encode(), ("field_invalid", "line 2: ';' expected after '\"'")),
        (f"{HEADER}\n{'x' * 200_000}\n".encode(), ("field_invalid", "line 2: field larger than field limit (131072)")),
    ],
    ids=["right", "more", "empty", "less", "commas", "encoding", "open quote", "quote inside", "huge cell"],
)
def test_what_is_wrong_with_a_whole_file(content: bytes, problem: tuple[str, str] | None) -> None:
    found = header_problem(content, read_mapping(MAPPING, "map.toml"))

    assert (None if found is None else (found.reason, found.found)) == problem
