"""Derived ids are those that every UUID library derives."""

from uuid import NAMESPACE_URL, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from schemas.uids import derived, event_uid


@given(namespace=st.uuids(), name=st.text())
def test_a_derived_id_is_a_uuid_of_version_5(namespace: UUID, name: str) -> None:
    assert derived(namespace, name) == uuid5(namespace, name)


def test_the_uid_of_an_event_comes_from_its_source_and_its_id() -> None:
    assert event_uid("urn:samspar:source:af:ais", "1") == uuid5(NAMESPACE_URL, "urn:samspar:source:af:ais\x1f1")
