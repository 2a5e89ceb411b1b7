"""What an entry is called, in Swedish, as a caseworker would say it (RULES-TIMELINE 1)."""

from projections.timeline.entries import Entry
from schemas import codes
from schemas.catalogue import latest
from schemas.vocabulary import SpellKind

_SPELLS = {
    SpellKind.ENROLMENT: ("Inskrivning", "programme", "programme"),
    SpellKind.PLAN: ("Plan", "plan_type", "plan_type"),
    SpellKind.ACTIVITY: ("Aktivitet", "activity", "activity"),
    SpellKind.EDUCATION: ("Utbildning", "course", "sfi_course"),
    SpellKind.PLACEMENT: ("Plats", "kind", "placement_kind"),
    SpellKind.BENEFIT: ("Försörjning", "kind", "benefit_kind"),
    SpellKind.PERMIT: ("Tillstånd", None, None),
}


def title(entry: Entry) -> str:
    """`Inskrivning: Etableringsprogrammet`, `Aktivitet: Jobbcoach`, or the name of a point event."""
    spell = entry.spell
    if spell is None:
        event_type = latest(entry.kind)
        return entry.kind if event_type is None else event_type.title_sv
    word, field, code_list = _SPELLS[spell]
    if field is None or code_list is None:
        return word
    code = entry.fields.get(field)
    label = entry.fields.get("label") if spell in (SpellKind.ACTIVITY, SpellKind.EDUCATION) else None
    said = label or (codes.title(code_list, str(code)) if code is not None else None)
    return word if said is None else f"{word}: {said}"
