"""What the contract wants in the place of a value of another form, in words: from the kind of pydantic's error alone.

The value itself is never looked at, so nothing of it can be repeated.
"""

from collections.abc import Mapping
from typing import Any

from schemas.fields import FORMS, NotOfTheFormError

_SHOWN_NAMES = 12
_ONE_OF = "^(?:"
_TYPES = {
    "string_type": "a text",
    "bool_type": "true or false",
    "float_type": "a number",
    "model_type": "an object",
    "tuple_type": "an array",
    "finite_number": "a number that is not infinite",
}
_BOUNDS = {
    "string_too_short": ("a text of at least", "min_length", "character"),
    "string_too_long": ("a text of at most", "max_length", "character"),
    "too_short": ("an array of at least", "min_length", "element"),
    "too_long": ("an array of at most", "max_length", "element"),
    "greater_than_equal": ("a number of at least", "ge", ""),
    "less_than_equal": ("a number of at most", "le", ""),
}


def expected_form(kind: str, context: Mapping[str, Any]) -> str | None:  # pydantic's context holds anything
    """What was expected where pydantic found an error of this kind; None when only the contract can say it."""
    if kind in _BOUNDS:
        what, limit, unit = _BOUNDS[kind]
        return f"{what} {_counted(context[limit], unit)}"
    if kind == "string_pattern_mismatch":
        return _of_pattern(str(context["pattern"]))
    if kind == "multiple_of" and context["multiple_of"] == 1:
        return "a whole number"
    error = context.get("error")
    return str(error) if isinstance(error, NotOfTheFormError) else _TYPES.get(kind)


def _of_pattern(pattern: str) -> str | None:
    """The words for a pattern of the contract, or the names that it lists."""
    if pattern in FORMS:
        return FORMS[pattern]
    if not pattern.startswith(_ONE_OF):
        return None
    names = pattern.removeprefix(_ONE_OF).removesuffix(")$").replace("\\", "").split("|")
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"one of {', '.join(names[:_SHOWN_NAMES])}{more}"


def _counted(number: float, unit: str) -> str:
    said = f"{number:,.0f}" if number == int(number) else str(number)
    return f"{said} {unit}{'s' if number != 1 else ''}" if unit else said
