"""The little YAML writer, read back by a real YAML reader."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.event_type import Json
from schemas.yaml_text import to_yaml

PRINTABLE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), include_characters="\n\t"))
SCALARS = st.none() | st.booleans() | st.integers() | st.sampled_from([0.5, 7.5, -2.25]) | PRINTABLE
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Json) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


def test_words_that_yaml_would_misread_are_quoted() -> None:
    assert to_yaml({"no": ["yes", "1.0", "2026-11-20", "sfi kurs B", "a: b", ""]}) == (
        '"no":\n  - "yes"\n  - "1.0"\n  - "2026-11-20"\n  - sfi kurs B\n  - "a: b"\n  - ""\n'
    )
