"""How a difference between what was expected and what was found is told."""


def unequal(what: str, expected: object, found: object) -> list[str]:
    """The difference between two values in words; empty: there is none."""
    return [] if expected == found else [f"{what}: expected {_told(expected)}, found {_told(found)}"]


def _told(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_told(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_told(each)}" for name, each in value.items()) + "}"
    return "nothing" if value is None else str(value)
