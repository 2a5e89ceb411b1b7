"""Numbers that Skatteverket published for testing: the only personal numbers that tests use."""

from pathlib import Path

import hub.synth

_DATA = Path(hub.synth.__file__).parent / "data"


def personal_numbers(count: int) -> list[str]:
    """Twelve digits each."""
    return _read("test_personal_numbers", count)


def coordination_numbers(count: int) -> list[str]:
    """Samordningsnummer, twelve digits each."""
    return _read("test_coordination_numbers", count)


def _read(name: str, count: int) -> list[str]:
    listed = (_DATA / f"{name}.txt").read_text(encoding="ascii").split()[:count]
    assert len(listed) == count
    return listed
