"""Days, times and codes as the sentences of findings say them, in Swedish and in English."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from schemas import codes
from schemas.event_type import Json

Language = Literal["sv", "en"]
_DAY: Final = 24 * 60
_WEEKDAYS: Final = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: Final = {
    "sv": "jan feb mars april maj juni juli aug sep okt nov dec".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}
_AND: Final = {"sv": "och", "en": "and"}
_CLOCKS: Final = {
    "introduction": ("Introduktionen", "The introduction"),
    "sfi_offer": ("Erbjudande om sfi", "The offer of sfi"),
    "track_start": ("Starten på jobbspåret", "The start of the job track"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One language, seen from a day: the year is told where it is another."""

    language: Language
    near: date

    def day(self, text: str) -> str:
        """`fre 27 nov`."""
        found = date.fromisoformat(text)
        named = f"{_WEEKDAYS[self.language][found.weekday()]} {found.day} {_MONTHS[self.language][found.month - 1]}"
        return named if found.year == self.near.year else f"{named} {found.year}"

    def period(self, begins: str, ends: str | None) -> str:
        """`mån 12 okt – fre 4 dec`, `från mån 12 okt`."""
        if ends is None:
            return f"{'från' if self.language == 'sv' else 'from'} {self.day(begins)}"
        return f"{self.day(begins)} – {self.day(ends)}"

    def number(self, value: float) -> str:
        """`39,5` in Swedish, `39.5` in English."""
        text = f"{value:g}"
        return text.replace(".", ",") if self.language == "sv" else text

    def times(self, minutes: Iterable[Sequence[int]]) -> str:
        """`tis och tors 09.00–12.00`; days with the same times together."""
        days: dict[str, list[str]] = {}
        for start, end in minutes:
            weekday = start // _DAY
            clock = f"{self._clock(start - weekday * _DAY)}–{self._clock(end - weekday * _DAY)}"
            days.setdefault(clock, []).append(_WEEKDAYS[self.language][weekday])
        return ", ".join(f"{self.listed(named)} {clock}" for clock, named in days.items())

    def listed(self, words: Sequence[str]) -> str:
        """`a`, `a och b`, `a, b och c`."""
        if len(words) < 2:  # noqa: PLR2004 - one alone needs no word between
            return "".join(words)
        return f"{', '.join(words[:-1])} {_AND[self.language]} {words[-1]}"

    def code(self, code_list: str, code: Json) -> str:
        """The title of a code, or the code itself where there is none."""
        found = codes.entries(code_list).get(str(code))
        if found is None:
            return str(code)
        return found.title_sv if self.language == "sv" else found.title_en

    def named(self, called: Sequence[Json]) -> str:
        """A thing by its label, else by its activity."""
        label, activity = called
        if label:
            return str(label)
        if activity in _CLOCKS:
            return _CLOCKS[activity][self.language == "en"]
        return self.code("activity", activity)

    @staticmethod
    def inside(text: str) -> str:
        """Within a sentence; an abbreviation keeps its capitals."""
        return text if text[1:2].isupper() else text[:1].lower() + text[1:]

    def _clock(self, minute: int) -> str:
        return f"{minute // 60:02}{'.' if self.language == 'sv' else ':'}{minute % 60:02}"
