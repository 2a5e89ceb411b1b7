"""What a finding says: a title and one sentence, in Swedish and in English (RULES 2; the words are in sentences.csv)."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from projections.joint_plan.findings import Finding
from projections.joint_plan.wording import Language, Words
from schemas.event_type import Json

_FILE = Path(__file__).with_name("sentences.csv")
Values = Mapping[str, Json]
Slots = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding in words."""

    title: str
    text: str


def sentence(finding: Finding, day: date, language: Language = "sv") -> Sentence:
    """What a finding says on a day."""
    row = _rows()[finding.rule]
    words = Words(language, day)
    text = row[f"text_{language}"].format(**_SLOTS[finding.rule](finding.values, words))
    return Sentence(row[f"title_{language}"], text[:1].upper() + text[1:])


@cache
def _rows() -> dict[str, dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["rule"]: row for row in csv.DictReader(lines)}


def _c1(values: Values, words: Words) -> Slots:
    return {"when": words.times(values["minutes"]), **_two(values["called"], words)}


def _two(things: Json, words: Words) -> Slots:
    return {"a": words.named(things[0]), "b": words.named(things[1])}


def _hours(values: Values, words: Words) -> Slots:
    found = {name: words.number(values[name]) for name in ("hours", "full")}
    return found | ({"date": words.day(values["date"])} if "date" in values else {})


def _c3(values: Values, words: Words) -> Slots:
    (plan_a, a), (plan_b, b) = values["plans"]
    return {
        "plan_a": words.code("plan_type", plan_a),
        "plan_b": words.code("plan_type", plan_b),
        "a": words.inside(words.code("ssyk2012", a)),
        "b": words.inside(words.code("ssyk2012", b)),
    }


def _organisations(values: Values, words: Words) -> Slots:
    one, other = values["organisations"]
    return {"org_a": words.code("agency", one), "org_b": words.code("agency", other)}


def _c4(values: Values, words: Words) -> Slots:
    activity = words.inside(words.code("activity", values["activity"]))
    return {**_organisations(values, words), "activity": activity, "period": words.period(*values["period"])}


def _c5(values: Values, words: Words) -> Slots:
    (org_a, duty_a, label_a), (org_b, duty_b, label_b) = values["demands"]
    demands = (
        words.inside(words.code("duty", duty) if duty else str(label))
        for duty, label in ((duty_a, label_a), (duty_b, label_b))
    )
    return {
        "org_a": words.code("agency", org_a),
        "org_b": words.code("agency", org_b),
        **dict(zip("ab", demands, strict=True)),
    }


def _c6(values: Values, words: Words) -> Slots:
    swedish, permit = words.language == "sv", values["of"] == "permit"
    named = ("Tillståndet" if permit else "Programmet") if swedish else f"The {'permit' if permit else 'programme'}"
    if values["limit"] is None:
        limit = f"{named} börjar senare." if swedish else f"{named} begins later."
    else:
        limit = f"{named} {'slutar' if swedish else 'ends'} {words.day(values['limit'])}."
    return {"a": words.named(values["thing"]), "date": words.day(values["ends"]), "limit": limit}


def _c7(values: Values, words: Words) -> Slots:
    unit = "dagar" if words.language == "sv" else "days"
    days = "" if values["days"] is None else f", {values['days']} {unit}"
    return {"date": words.day(values["date"]), "days": days}


def _c10(values: Values, words: Words) -> Slots:
    done = {"sv": ("bokat", "gjort"), "en": ("is booked to do", "did")}[words.language][bool(values["done"])]
    domains = [words.inside(words.code("mapping_domain", each)) for each in values["domains"]]
    first, second = values["dates"]
    return {
        **_organisations(values, words),
        "domain": words.listed(domains),
        "date": words.day(first),
        "date_b": words.day(second),
        "done": done,
    }


def _c11(values: Values, words: Words) -> Slots:
    days = values["days"]
    if words.language == "sv":
        within = "samma dag" if days == 0 else "med en dags mellanrum" if days == 1 else f"inom {days} dagar"
    else:
        within = "on the same day" if days == 0 else f"within {days} day{'s' if days > 1 else ''}"
    return {**_organisations(values, words), "employer": str(values["employer"]), "within": within}


def _c12(values: Values, words: Words) -> Slots:
    a, b = values["employers"]
    return {**_organisations(values, words), "a": str(a), "b": str(b)}


def _m2(values: Values, words: Words) -> Slots:
    return {"org": words.code("agency", values["organisation"]), "date": words.day(values["date"])}


def _m3(values: Values, words: Words) -> Slots:
    return {"a": words.code("activity", values["what"]), "date": words.day(values["date"])}


def _m4(values: Values, words: Words) -> Slots:
    lines = words.listed([words.named(each) for each in values["called"]])
    return {"version": str(values["version"]), "lines": lines}


def _m5(values: Values, words: Words) -> Slots:
    return {"module": words.number(float(values["module"])), "frame": str(values["frame"]), **_days(values, words)}


def _days(values: Values, words: Words) -> Slots:
    """For how long, on the day that is asked about."""
    return {"days": str((words.near - date.fromisoformat(values["date"])).days)}


def _date(values: Values, words: Words) -> Slots:
    return {"date": words.day(values["date"])}


def _m8(values: Values, words: Words) -> Slots:
    return {"org": words.code("agency", values["organisation"]), "version": str(values["version"])}


def _m9(values: Values, words: Words) -> Slots:
    return {"a": words.named(values["what"]), "date": words.day(values["date"])}


_SLOTS: Mapping[str, Callable[[Values, Words], Slots]] = {
    "C1": _c1,
    "C2": _hours,
    "C3": _c3,
    "C4": _c4,
    "C5": _c5,
    "C6": _c6,
    "C7": _c7,
    "C8": _hours,
    "C9": lambda values, words: _two(values["called"], words),
    "C10": _c10,
    "C11": _c11,
    "C12": _c12,
    "M1": _date,
    "M2": _m2,
    "M3": _m3,
    "M4": _m4,
    "M5": _m5,
    "M6": _date,
    "M7": _days,
    "M8": _m8,
    "M9": _m9,
}
