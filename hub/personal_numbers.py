"""Finds personal numbers in any text, so that one rule refuses them at the front door and hides them in the log.

Lowest in the hub: the intake and the telemetry both use it and may not use each other.
"""

import re
from datetime import date
from unicodedata import category, decimal

from stdnum import luhn

REDACTED = "[personal number]"

_FORMS = re.compile(r"(?<!\d)(?:\d{12}|\d{8}-\d{4}|\d{6}[-+]\d{4}|\d{10})(?!\d)", re.ASCII)
_COORDINATION_DAYS = range(60, 92)  # day of birth + 60
_LAST_MONTH, _LAST_DAY = 12, 31


def holds_personal_number(text: str) -> bool:
    """Whether a personnummer or samordningsnummer with a real date stands anywhere in the text (RULES-TIMELINE 11)."""
    plain = text if text.isascii() else _plain(text)
    return any(_has_check_digit(found.group()) and _has_real_date(found.group()) for found in _FORMS.finditer(plain))


def redacted(text: str) -> str:
    """The text without personal numbers, those of incomplete date included (day or month 00 in a samordningsnummer)."""
    if text.isascii():
        return _FORMS.sub(lambda found: REDACTED if _is_suspect(found.group()) else found.group(), text)
    plain, kept, ends = _plain(text), [], 0  # as long as the text, character for character
    for found in _FORMS.finditer(plain):
        if _is_suspect(found.group()):
            kept += [text[ends : found.start()], REDACTED]
            ends = found.end()
    return "".join((*kept, text[ends:]))


def _plain(text: str) -> str:
    """Digits and hyphens of other scripts and widths as the ASCII that they stand for."""
    return "".join(
        str(digit)
        if (digit := decimal(character, None)) is not None
        else "-"
        if category(character) == "Pd"
        else character
        for character in text
    )


def _is_suspect(number: str) -> bool:
    month, day = int(_ten(number)[2:4]), int(_ten(number)[4:6])
    return month <= _LAST_MONTH and day % _COORDINATION_DAYS.start <= _LAST_DAY and _has_check_digit(number)


def _has_check_digit(number: str) -> bool:
    return luhn.is_valid(_ten(number))


def _has_real_date(number: str) -> bool:
    ten, century = _ten(number), _digits(number)[:-10]
    day = int(ten[4:6])
    day -= _COORDINATION_DAYS.start if day in _COORDINATION_DAYS else 0
    return any(
        _exists(int(f"{each}{ten[:2]}"), int(ten[2:4]), day) for each in ([century] if century else ["19", "20"])
    )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _digits(number: str) -> str:
    return number.replace("-", "").replace("+", "")


def _ten(number: str) -> str:
    return _digits(number)[-10:]
