"""What a line of the timeline tells beside its title: what a caseworker asks for first, as one would say it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from hub.web.words import swedish
from hub.web.words.facts import Vocabulary, facts_of, field_title, row_name, value_text
from projections.timeline.entries import Entry
from projections.timeline.titles import title
from schemas.event_type import Json, JsonObject
from schemas.vocabulary import SpellKind

Things = Mapping[tuple[str, str], str]
"""What a source calls what its keys name: activities, courses and the lines of plans, by source and key."""

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "absence": ("activity_key", "label", "activity"),
    "attendance": ("activity_key", "label", "activity"),
    "progress": ("label", "course", "activity_key"),
    "followup": ("label", "kind"),
    "conversation": ("label", "kind"),
    "mapping": ("label", "domains"),
    "caseworker": ("name",),
    "goal": ("label", "occupation"),
    "competence": ("label", "occupation", "concept"),
    "outcome": ("outcome",),
    "self_support": ("kind",),
    "settlement": ("municipality",),
    "target_group": ("target_groups",),
    "referral": ("label",),
    "study_plan": ("label",),
    "match": ("employer", "label"),
    "employer": ("employer",),
    "module": ("module",),
    "joint_assessment": ("outcome",),
    "track": ("track", "occupation"),
    "intensive_year": ("label", "occupation"),
    "joint_plan": ("label", "version"),
}
_SAID_IN_FULL = ("followup", "conversation")  # `Uppföljning med tolk` needs no `Uppföljning hållen:` before it
_PHRASES = {
    "hours": "{} tim i veckan",
    "attendance.hours": "{} tim",
    "absence.hours": "{} tim",
    "planned_hours": "av {} planerade tim",
    "total_hours": "{} tim sammanlagt",
    "scope": "{} procent",
    "points": "{} poäng",
    "week": "{}",
    "employer": "{}",
    "provider": "{}",
    "place": "{}",
    "course": "{}",
    "grade": "betyg {}",
    "role": "{}",
    "days": "efter {} dagar",
    "due": "svar senast {}",
    "deadline": "senast {}",
    "received_on": "mottagen {}",
    "next_followup": "nästa uppföljning {}",
}
_SENTENCES = (
    "absence_reason close_reason end_reason interrupt_reason reject_reason decline_reason pause_reason ground result"
    " question answer words reason deviation_reason rationale note"
).split()
_LISTED = 6


def things_of(everything: Iterable[Entry], near: date, words_of: Callable[[Entry], Vocabulary]) -> Things:
    """The names behind keys, out of everything that the reader sees."""
    names: dict[tuple[str, str], str] = {}
    for entry in everything:
        if entry.spell is None:
            continue
        if entry.spell is SpellKind.PLAN:
            for line in entry.fields.get("lines") or []:
                names.setdefault(
                    (entry.source, str(line.get("key"))), row_name(("lines",), line, words_of(entry), near)
                )
        elif (named := title(entry).partition(": ")[2]) != "":
            names[entry.source, entry.key] = named
    return names


def heading_of(entry: Entry, things: Things, words: Vocabulary, near: date) -> str:
    """The title of the entry with what it is about: `Frånvaro rapporterad: Jobbsökarverkstad`."""
    called = title(entry)
    if entry.spell is not None:
        again = f", omgång {entry.episode}" if entry.episode and entry.episode > 1 else ""
        if entry.spell is SpellKind.PLACEMENT and "label" in entry.fields:
            label = value_text(("label",), entry.fields["label"], words, near)
            return f"{called}{',' if ': ' in called else ':'} {label}{again}"
        named = "" if ": " in called else things.get((entry.source, entry.key), "")
        return f"{called}: {named}{again}" if named else called + again
    about = _subject(entry, things, words, near)
    if not about or about.casefold() in called.casefold():
        return called
    if words.family in _SAID_IN_FULL and about.split()[0].rstrip(":,").casefold() == called.split()[0].casefold():
        return about
    return f"{called}: {about}"


def details_of(entry: Entry, period: str, heading: str, words: Vocabulary, near: date) -> str:
    """The sentences under the title; what the title says already is left out."""
    content = {name: value for name, value in entry.fields.items() if name not in _subject_fields(entry, words)}
    short = [period] if period else []
    if entry.spell is None and words.family != "referral":
        begins, ends = swedish.read_day(content.get("from")), swedish.read_day(content.get("to"))
        if words.family == "caseworker" and "role" in content:
            short.append(value_text(("role",), content.pop("role"), words, near))
        short += [when] if (when := swedish.period(begins, ends, near)) else []
    short += [each for each in _short(content, words, near) if each.casefold() not in heading.casefold()]
    first = [swedish.upper_first(", ".join(short))] if short else []
    return " ".join(_full_stop(each) for each in (*first, *_sentences(content, words, near)))


def said(content: JsonObject, words: Vocabulary, near: date) -> str:
    """Some fields in words, for what was corrected: whatever has no phrase of its own is named."""
    told = _short(content, words, near)
    begins, ends = swedish.read_day(content.get("from")), swedish.read_day(content.get("to"))
    told += [when] if (when := swedish.period(begins, ends, near)) else []
    done = {*(name.rpartition(".")[2] for name in _PHRASES), "from", *(("to",) if ends else ())}
    rest = {name: value for name, value in content.items() if name not in done}
    told += [
        f"{swedish.lower_first(fact.label)}: {fact.value or '; '.join(fact.rows)}"
        for fact in facts_of(rest, words, near)
    ]
    return ", ".join(told)


def _subject_fields(entry: Entry, words: Vocabulary) -> tuple[str, ...]:
    """The field that the title has told."""
    fields = _SUBJECTS.get(words.family, ()) if entry.spell is None else ()
    told = next((name for name in fields if entry.fields.get(name)), None)
    return () if told is None else (told,)


def _subject(entry: Entry, things: Things, words: Vocabulary, near: date) -> str:
    for name in _SUBJECTS.get(words.family, ()):
        value = entry.fields.get(name)
        if value in (None, [], ""):
            continue
        if name == "activity_key":
            if (known := things.get((entry.source, str(value)))) is not None:
                return known
            continue
        if isinstance(value, list):
            return ", ".join(swedish.lower_first(value_text((name,), each, words, near)) for each in value)
        return value_text((name,), value, words, near)
    return ""


def _short(content: JsonObject, words: Vocabulary, near: date) -> list[str]:
    told: list[str] = []
    if content.get("from_agency") and content.get("to") and words.family == "referral":
        sender, receiver = (value_text((name,), content[name], words, near) for name in ("from_agency", "to"))
        unit = f", {content['receiving_unit']}" if content.get("receiving_unit") else ""
        told.append(f"från {sender} till {receiver}{unit}")
    if content.get("scale") is not None:
        highest = f" av {content['scale_max']}" if content.get("scale_max") is not None else ""
        told.append(f"{content['scale']}{highest}")
    for name in [each for each in _PHRASES if "." not in each]:
        value = content.get(name)
        if value not in (None, [], ""):
            phrase = _PHRASES.get(f"{words.family}.{name}", _PHRASES[name])
            told.append(phrase.format(_inside(name, value, words, near)))
    if (applied := content.get("jobs_applied")) is not None:
        told.append(swedish.counted(applied, "ett sökt arbete", "sökta arbeten"))
    return told


def _sentences(content: JsonObject, words: Vocabulary, near: date) -> list[str]:
    told: list[str] = []
    if content.get("recipients"):
        receivers = value_text(("recipients",), content["recipients"], words, near)
        about = [
            swedish.lower_first(value_text(("domains",), each, words, near)) for each in content.get("domains", [])
        ]
        told.append(f"Till {receivers}" + (f", om {swedish.listed(about)}" if about else ""))
    for name, one, many in (("goals", "Mål", "mål"), ("lines", "En rad", "rader"), ("courses", "En kurs", "kurser")):
        rows = content.get(name)
        if rows and isinstance(rows[0], dict):
            listed = [row_name((name,), row, words, near) for row in rows]
            rest = f" och {len(listed) - _LISTED} till" if len(listed) > _LISTED else ""
            counted = swedish.upper_first(swedish.counted(len(rows), one, many))
            told.append(f"{counted}: {'; '.join(listed[:_LISTED])}{rest}")
    for name in _SENTENCES:
        if content.get(name):
            value = value_text((name,), content[name], words, near)
            coded = (name,) in words.lists
            label = "Skäl" if name.endswith("_reason") else field_title(name, words.family)
            told.append(f"{label}: {swedish.lower_first(value) if coded else value}")
    if content.get("caseworker"):
        unit = f", {content['unit']}" if content.get("unit") else ""
        told.append(f"Handläggare: {content['caseworker']}{unit}")
    return told


def _inside(name: str, value: Json, words: Vocabulary, near: date) -> str:
    """A value in the middle of a sentence: a code's words lose their capital, names keep theirs."""
    text = value_text((name,), value, words, near)
    return swedish.lower_first(text) if name in ("role", "course") else text


def _full_stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
