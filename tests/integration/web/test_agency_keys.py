"""Tokens that an agency signs itself, with a key that the hub's operator has registered for it."""

import json
from datetime import date, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub.access.tokens import ISSUER_OF_AGENCY, read_public_keys
from hub.intake.registry import AgencyKey
from hub.run.hub import Hub
from hub.store.register import add_key
from schemas.errors import Misconfigured
from schemas.event_type import JsonObject
from tests.integration.web.calling import RECEIPTS, Api


def key_pair() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def public(key: ECKey) -> bytes:
    return json.dumps(key.as_dict(private=False)).encode()


def register(hub: Hub, key: ECKey, agency: str, *, valid_to: date | None = None) -> bool:
    ((kid, jwk),) = read_public_keys(public(key), "key.json")
    with hub.database.transaction() as connection:
        taken = add_key(connection, AgencyKey(kid=kid, agency=agency, jwk=jwk, valid_to=valid_to))
    forget_registry(hub)
    return taken


def forget_registry(hub: Hub) -> None:
    """The register is remembered for a second, and this test does not wait."""
    hub._remembered.clear()  # noqa: SLF001 - no caller needs it sooner


def token(hub: Hub, key: ECKey, **changes: object) -> str:
    now = hub.now()
    claims: JsonObject = {
        "iss": f"{ISSUER_OF_AGENCY}jobbtorg",
        "aud": hub.settings.token_audience,
        "sub": "verksamhetssystem",
        "agency": "jobbtorg",
        "scope": "receipts:read operate",
        "exp": int((now + timedelta(hours=1)).timestamp()),
        **changes,
    }
    return jwt.encode({"alg": "ES256", "kid": str(key.kid)}, claims, key)


def status(api: Api, bearer: str) -> int:
    return api.call("GET", RECEIPTS, token=bearer).status_code


def test_an_agency_speaks_for_itself_with_its_registered_key(api: Api) -> None:
    key = key_pair()
    before = status(api, token(api.hub, key))

    assert register(api.hub, key, "jobbtorg")

    assert (before, status(api, token(api.hub, key))) == (401, 200)


@pytest.mark.parametrize(
    "change",
    [
        {"agency": "af"},
        {"iss": f"{ISSUER_OF_AGENCY}af"},
        {"iss": f"{ISSUER_OF_AGENCY}af", "agency": "af"},
        {"iss": "urn:samspar:issuer:development"},
        {"exp": 0},
    ],
    ids=str,
)
def test_it_speaks_for_nobody_else(api: Api, change: dict[str, object]) -> None:
    key = key_pair()
    register(api.hub, key, "jobbtorg")

    assert status(api, token(api.hub, key, **change)) == 401


def test_a_key_holds_until_its_last_day(api: Api) -> None:
    key = key_pair()
    register(api.hub, key, "jobbtorg", valid_to=date(2020, 1, 1))

    assert status(api, token(api.hub, key)) == 401


def test_a_key_of_another_agency_is_not_taken_over(hub: Hub) -> None:
    key = key_pair()

    assert (register(hub, key, "jobbtorg"), register(hub, key, "af")) == (True, False)


def test_a_self_signed_token_never_operates_the_hub(api: Api) -> None:
    key = key_pair()
    register(api.hub, key, "jobbtorg")

    found = api.app.state.tokens.caller(token(api.hub, key), api.hub.now(), api.hub.registry().keys)

    assert found.scopes == frozenset(("receipts:read",))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(key_pair().as_dict(private=True)).encode(),
        json.dumps(ECKey.generate_key("P-384", auto_kid=True).as_dict(private=False)).encode(),
        json.dumps(ECKey.generate_key("P-256").as_dict(private=False)).encode(),
        b'{"keys": []}',
        b"[]",
        b"not a key",
    ],
)
def test_a_private_key_or_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(Misconfigured, match="expected"):
        read_public_keys(content, "key.json")
