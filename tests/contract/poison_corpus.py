"""Poison: what no sender should send and somebody will, with what the front door must say of it (RULES-TIMELINE 11, 12).

Three kinds. A `Record` is bytes that stand alone. A `Value` stands raw where a text of `data` stood in a valid event,
an `Attribute` where an attribute stood. `HARMLESS` looks like poison and is none.
"""

import gzip
import json
from dataclasses import dataclass, field

from schemas.reasons import REASONS

NOTE = "/data/note"
_EVENT = '{"specversion": "1.0", "id": "å"}'
_TEN_MB = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A body or a line. `pointer` is told where the record is an event at all."""

    name: str
    content: bytes = field(repr=False)
    reason: str
    pointer: str | None = None

    @property
    def refused_whole(self) -> bool:
        """Whether an HTTP body of it is refused whole, and nothing is recorded."""
        return refused_whole(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Raw JSON, or what is sent as such, at `at` in a valid event."""

    name: str
    raw: bytes = field(repr=False)
    reason: str
    at: str = NOTE
    pointer: str | None = NOTE
    whole: bool = False


def refused_whole(reason: str) -> bool:
    """Whether such a reason refuses a whole HTTP body; a raw NUL and an escaped one differ, which `Value.whole` says."""
    return REASONS[reason].verdict.startswith(("call_", "record_400"))


def _values(reason: str, *raws: str | bytes, at: str = NOTE, pointer: str | None = NOTE) -> list[Value]:
    whole = refused_whole(reason)
    return [
        Value(
            name=f"{reason} {at} {_short(raw)}",
            raw=raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass"),
            reason=reason,
            at=at,
            pointer=None if whole else pointer,
            whole=whole,
        )
        for raw in raws
    ]


def _short(raw: str | bytes) -> str:
    shown = repr(raw)
    return shown if len(shown) < 40 else f"{shown[:30]}…{len(raw)}"


_MANY_KEYS = ", ".join(f'"k{place}": 1' for place in range(15_000))

VALUES = [
    *_values("json_not_finite", "NaN", "Infinity", "-Infinity", "[1, NaN]", '{"a": -Infinity}'),
    # what follows a number that is not one is no JSON either, and must cost nothing to look at
    *_values("json_not_finite", 'NaN, "' + '\\"' * 100_000),
    *_values("json_syntax", "-NaN", "+1", "01", "-", "1.", ".5", "1e", "0x10", "1_000", "nan", "inf", "True", "None"),
    *_values("json_syntax", "undefined", "'x'", "`x`", '"\\x41"', '"\\u12"', '"\\uZZZZ"', '"\\U0001F600"', '"\\"'),
    *_values("json_syntax", '"a\tb"', '"a\x01b"', '"a\x1bb"', '"open', "{", "}", "[", "]", '{"a" 1}', "{a: 1}"),
    *_values("json_syntax", '{"a": 1,}', '{"a"}', "{1: 2}", "{null: 1}", "[1,]", "[,1]", "[1 2]", '"a" "b"', "1 2", ""),
    *_values("json_syntax", "/* c */ 1", "// c", "# c", "\xa01", "\x0b1", "\x0c1", "\u20281", "\ufeff1", "\u0661", "\uff11", "\u22121"),
    *_values("json_too_deep", "[" * 65 + "]" * 65, '{"a": ' * 65 + "1" + "}" * 65, "[" * 63 + "]" * 63),
    *_values("json_too_deep", "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a": ' * 50_000 + "1" + "}" * 50_000),
    *_values("body_not_utf8", b'"\xc3\x28"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xff\xfe"'),
    *_values("body_not_utf8", b'"\xe5\xe4\xf6"', b'"\x80"', b'"\xe2\x82"', b'"\xf8\x88\x80\x80\x80"', b"\xe5"),
    Value(name="raw NUL in a text", raw=b'"a\x00b"', reason="nul_character", pointer=None, whole=True),
    Value(name="raw NUL between values", raw=b"\x00 1", reason="nul_character", pointer=None, whole=True),
    *_values("number_out_of_range", "1e400", "-1e400", "1e999999999", "1e" + "9" * 5_000, "9" * 5_000, "-" + "9" * 5_000),
    *_values("number_out_of_range", "0." + "3" * 5_000, "9007199254740992", "-9007199254740992", "1" * 41, "0" + "." + "0" * 39),
    *_values("number_out_of_range", "[1e400]", pointer=f"{NOTE}/0"),
    *_values("number_out_of_range", '{"a/b~c": [0, 1e400]}', pointer=f"{NOTE}/a~1b~0c/1"),
    *_values("number_out_of_range", "[" + "1e400, " * 30_000 + "1]", pointer=f"{NOTE}/0"),
    *_values("number_out_of_range", '{"' + "x" * 100_000 + '": [' + "1e400, " * 10_000 + "1]}"),
    *_values("lone_surrogate", '"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"', '"\\ud800x"', '"\\ud83d \\ude00"', '{"\\udfff": 1}'),
    *_values("lone_surrogate", '{"\\ud800": 1, "\\ud800": 2}', '{"\\uDBFF\\uDBFF": 1}'),
    *_values("lone_surrogate", '["\\ud800"]', pointer=f"{NOTE}/0"),
    Value(name="escaped NUL", raw=b'"\\u0000"', reason="nul_character"),
    Value(name="escaped NUL in a name", raw=b'{"\\u0000": 1}', reason="nul_character"),
    Value(name="escaped NUL in a list", raw=b'[1, "a\\u0000"]', reason="nul_character", pointer=f"{NOTE}/1"),
    *_values("json_duplicate_key", '{"a": 1, "a": 1}', '{"a": 1, "\\u0061": 2}', pointer=f"{NOTE}/a"),
    *_values("json_duplicate_key", '[{"b": 0, "a": 1, "a": 2, "a": 3}]', pointer=f"{NOTE}/0/a"),
    *_values("json_duplicate_key", '{"~/": 1, "~/": 2}', pointer=f"{NOTE}/~0~1"),
    *_values("json_duplicate_key", '{"": 1, "": 2}', pointer=f"{NOTE}/"),
    *_values("json_duplicate_key", "{" + _MANY_KEYS + ', "k0": 1}', pointer=f"{NOTE}/k0"),
    *_values("json_duplicate_key", '{"19860101-2381": 1, "19860101-2381": 2}', '{"' + "x" * 9_000 + '": 1, "' + "x" * 9_000 + '": 2}'),
    *_values("event_too_large", '"' + "x" * 262_145 + '"', "[" + "1e400, " * 40_000 + "1]", pointer=None),
    *_values("field_invalid", "42", "1e300", "true", "{}", "[]", '""', "[" * 60 + "]" * 60, "{" + _MANY_KEYS + "}"),
    *_values("field_unknown", '"x", "19860101-2381": 1', pointer="/data"),
    *_values("field_unknown", '"x", "' + "x" * 9_000 + '": 1', pointer="/data"),
    *_values("field_unknown", '"x", "a/b": {"c": 1}', pointer="/data/a~1b"),
    *_values("field_unknown", '"x", ' + ", ".join(f'"k{place:04}": 1' for place in range(9_000)), pointer="/data/k0000"),
    *_values("json_duplicate_key", '"x", "note": "x"'),
]  # fmt: skip

_CONTROL = '"a\\u0001"'
_LONG = json.dumps("x" * 257)

ATTRIBUTES = [
    *_values("attribute_missing", "null", at="/id", pointer="/id"),
    *_values("attribute_invalid", "42", "{}", "[]", "true", '""', _LONG, _CONTROL, '"a\\nb"', at="/id", pointer="/id"),
    *_values("attribute_invalid", "42", '[{"a": 1}]', '""', _LONG, _CONTROL, at="/source", pointer="/source"),
    *_values("attribute_invalid", "42", '""', json.dumps("x" * 129), _CONTROL, at="/subject", pointer="/subject"),
    *_values("attribute_invalid", '"urn:samspar:participant:x"', '"urn:samspar:source:x"', at="/subject", pointer="/subject"),
    *_values("attribute_invalid", "42", '""', _LONG, _CONTROL, at="/type", pointer="/type"),
    *_values("type_unknown", '"x"', '"se.samspar."', '"se.samspar.enrolment.opened "', '"SE.SAMSPAR.ENROLMENT.OPENED"', at="/type", pointer="/type"),
    *_values("specversion_unsupported", "1.0", "1", '"1.1"', '"1"', '""', "{}", at="/specversion", pointer="/specversion"),
    *_values("attribute_missing", "null", at="/time", pointer="/time"),
    *_values("time_invalid", "42", "1795161600", "{}", '""', '"now"', '"2026-11-20"', '"20261120T090000Z"', at="/time", pointer="/time"),
    *_values("time_invalid", '"2026-13-01T09:00:00Z"', '"2026-11-20T24:00:01Z"', '"2026-11-20T23:59:60Z"', at="/time", pointer="/time"),
    *_values("time_invalid", '"2026-11-20T09:00:00+25:00"', '"0000-01-01T00:00:00Z"', '"-0001-01-01T00:00:00Z"', at="/time", pointer="/time"),
    *_values("time_invalid", '"0001-01-01T00:00:00+23:59"', '"9999-12-31T23:59:59-23:59"', at="/time", pointer="/time"),
    *_values("time_invalid", '"\\uff12\\uff10\\uff12\\uff16-11-20T09:00:00Z"', '"2026-11-20T09:00:00Z\\n"', at="/time", pointer="/time"),
    *_values("time_without_offset", '"2026-11-20T09:00:00"', at="/time", pointer="/time"),
    *_values("time_in_future", '"9999-12-31T23:59:59Z"', at="/time", pointer="/time"),
    *_values("attribute_invalid", '"two"', "-1", "1.5", "true", "1e300", '""', "[]", at="/schemaversion", pointer="/schemaversion"),
    *_values("version_unknown", "0", "9007199254740991", '"0000000000000099"', at="/schemaversion", pointer="/schemaversion"),
    *_values("attribute_invalid", "-1", '"x"', "1.5", '"99999999999999999"', "[]", "false", at="/sequence", pointer="/sequence"),
    *_values("number_out_of_range", "9" * 17, at="/sequence", pointer="/sequence"),
    *_values("attribute_invalid", '"text/xml"', "7", "[]", at="/datacontenttype", pointer="/datacontenttype"),
    *_values("attribute_invalid", "7", '""', json.dumps("x" * 513), at="/correlationid", pointer="/correlationid"),
    *_values("field_missing", "null", at="/data", pointer="/data"),
    *_values("field_invalid", '"x"', '"{}"', "[]", "42", "false", at="/data", pointer="/data"),
    *_values("attribute_name_invalid", "1", at="/data_base64", pointer="/data_base64"),
    *_values("attribute_name_invalid", "1", at="/__proto__", pointer="/__proto__"),
    *_values("attribute_name_invalid", "1", at="/Ångström", pointer="/Ångström"),
    *_values("attribute_name_invalid", "{}", at="/ ", pointer="/ "),
    *_values("attribute_name_invalid", "1", at="/19860101-2381", pointer=""),
    *_values("personal_number_in_attribute", "1", '"x"', at="/x198601012381", pointer=""),
    *_values("personal_number_in_attribute", "198601012381", '"19860101-2381"', '"ärende 860101-2381"', at="/colour", pointer="/colour"),
    *_values("personal_number_in_attribute", '"198601012381"', "198601012381", at="/sequence", pointer="/sequence"),
    *_values("personal_number_in_attribute", "198601012381", at="/schemaversion", pointer="/schemaversion"),
    *_values("personal_number_in_attribute", '"urn:x:19860101-2381"', at="/source", pointer="/source"),
    *_values("personal_number_in_attribute", '"se.samspar.198601012381"', at="/type", pointer="/type"),
]  # fmt: skip

RECORDS = [
    *(
        Record(name=name, content=content, reason=reason)
        for reason, listed in {
            "body_not_utf8": {
                "UTF-16 with BOM, little endian": b"\xff\xfe" + _EVENT.encode("utf-16-le"),
                "UTF-16 with BOM, big endian": b"\xfe\xff" + _EVENT.encode("utf-16-be"),
                "UTF-16, little endian": _EVENT.encode("utf-16-le"),
                "UTF-16, big endian": _EVENT.encode("utf-16-be"),
                "UTF-32 with BOM": _EVENT.encode("utf-32"),
                "UTF-32, big endian": _EVENT.encode("utf-32-be"),
                "Windows-1252": _EVENT.encode("cp1252"),
                "gzip": gzip.compress(_EVENT.encode(), mtime=0).replace(b"\n", b""),
                "PNG": b"\x89PNG\r\x1a" + bytes(range(128, 160)),
                "nothing but NUL": b"\0",
                "every byte": bytes(byte for byte in range(256) if byte not in b"\n\r"),
                "a text cut within a letter": _EVENT.encode()[:-3] + b'\xe2\x82"}',
            },
            "byte_order_mark": {
                "BOM": b"\xef\xbb\xbf" + _EVENT.encode(),
                "BOM alone": b"\xef\xbb\xbf",
                "BOM twice": b"\xef\xbb\xbf" * 2,
                "BOM and broken JSON": b"\xef\xbb\xbf{",
            },
            "nul_character": {"NUL at the end": _EVENT.encode() + b"\0", "NUL after white space": b"     \0"},
            "json_syntax": {
                "an open object": b"{",
                "a closed object": b"}",
                "an open text": b'"',
                "two objects": b"{}{}",
                "a comma after": b"{},",
                "brackets that do not match": b"{]",
                "a word": b"hello",
                "a page": b"<!DOCTYPE html><html></html>",
                "XML": b'<?xml version="1.0"?><a/>',
                "YAML": b"id: a",
                "a form": b"id=a&source=b",
                "CSV": b"id;source;type",
                "a record separator (RFC 7464)": b"\x1e{}",
                "vertical white space": b"\x0b{}",
                "a no-break space": b"\xc2\xa0{}",
                "an event cut in the middle": _EVENT.encode()[:20],
                "brackets that nobody closes": b"[" * 60,
            },
            "json_not_finite": {"NaN": b"NaN", "minus infinity in an array": b"[-Infinity]"},
            "json_too_deep": {
                "100,000 brackets": b"[" * 100_000,
                "100,000 balanced brackets": b"[" * 100_000 + b"]" * 100_000,
                "65 levels": b"[" * 65 + b"]" * 65,
            },
            "event_not_an_object": {
                "null": b"null",
                "true": b"true",
                "a number": b"42",
                "minus zero": b"-0",
                "a large number": b"9" * 5_000,
                "a text": b'"x"',
                "half a character": b'"\\ud800"',
                "an array": b"[]",
                "an array with an event": b"[{}]",
            },
            "body_too_large": {
                "10 MB of digits": b"1" * _TEN_MB,
                "10 MB of text": b'"' + b"x" * _TEN_MB + b'"',
                "10 MB of brackets": b"[" * _TEN_MB,
                "10 MB of NUL": b"\0" * _TEN_MB,
            },
            "event_too_large": {"4 MiB of text": b'{"a": "' + b"x" * 4 * 2**20 + b'"}'},
        }.items()
        for name, content in listed.items()
    ),
    Record(name="an empty object", content=b"{}", reason="attribute_missing", pointer="/id"),
    Record(name="white space around", content=b" \t{\t} ", reason="attribute_missing", pointer="/id"),
    Record(
        name="100,000 names, one of them twice",
        content=b"{" + b",".join(b'"%d":1' % place for place in range(100_000)) + b',"0":1}',
        reason="event_too_large",
    ),
]

HARMLESS = [
    *(
        (at, raw)
        for at, raws in {
            NOTE: (
                '"\\ud83d\\ude00"',
                '"\\u007f\x7f"',
                '"\u2028\u2029"',
                '"\\uffff\uffff"',
                '"\\/\\b\\f\\n\\r\\t"',
                '"NaN"',
                '"[[[["',
                '"\\\\u0000"',
                '"19860101-2381"',
                '"\u202e\u200b\ufeff"',
                "null",
                '"' + "x" * 200_000 + '"',
                '"' + "\U0001f600" * 20_000 + '"',
            ),
            "/data/hours": ("0", "-0", "-0.0", "15.0", "1.5e1", "1E1", "0e99", "1e-400", "0.1", "100"),
            "/correlationid": ('"198601012382"', '"1198601012381"', '"20"', '"\u202e"', "null"),
            "/time": ('"0001-01-01T00:00:00Z"', '"2026-06-30T23:59:59.999999999+02:00"', '"2026-06-30t21:59:59z"'),
            "/schemaversion": ('"2"', '"0000000000000002"'),
            "/datacontenttype": ('"application/json"', '"Application/JSON; charset=UTF-8"', "null"),
        }.items()
        for raw in raws
    )
]
"""Places in a valid event, and values there that look like poison and are none."""
