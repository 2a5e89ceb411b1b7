"""Bearer tokens at the API: ES256 by a pinned key, with every claim as it should be, or the call is refused."""

import base64
import hmac
import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from hub.run.hub import Hub
from hub.store.database import rows
from schemas.event_type import Json, JsonObject
from tests.integration.web.calling import EVENTS, RECEIPTS, SEARCHES, VALIDATIONS, Api

NOBODY = "00000000-0000-0000-0000-000000000000"
TIMELINE = f"/samspar/v1/participants/{NOBODY}/timeline-entries"
REFUSED = (401, "token_invalid", 'Bearer error="invalid_token"')


def key_of(hub: Hub) -> ECKey:
    """The development hub's own key, as only an issuer has it."""
    return ECKey.import_key(json.loads((hub.settings.data_dir / "keys" / "token.json").read_bytes()))


def claims(hub: Hub, **changes: Json) -> JsonObject:
    """Claims that are believed; None takes one away."""
    now = hub.now()
    stated: JsonObject = {
        "iss": hub.settings.token_issuer,
        "aud": hub.settings.token_audience,
        "sub": "system",
        "agency": "jobbtorg",
        "scope": "receipts:read",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
        **changes,
    }
    return {name: value for name, value in stated.items() if value is not None}


def signed(hub: Hub, **changes: Json) -> str:
    """A token by the hub's own key."""
    key = key_of(hub)
    return jwt.encode({"alg": "ES256", "kid": str(key.kid)}, claims(hub, **changes), key)


def unsigned(header: JsonObject, content: JsonObject, signature: str = "") -> str:
    """A token put together by hand."""
    return ".".join((*(in_base64(json.dumps(part).encode()) for part in (header, content)), signature))


def in_base64(content: bytes) -> str:
    """As the parts of a token are written."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def answered(api: Api, token: str) -> tuple[int, str, str]:
    """What a call with this token gets."""
    answer = api.call("GET", RECEIPTS, token=token)
    content = answer.json()
    return answer.status_code, content.get("reason", ""), answer.headers.get("www-authenticate", "")


def test_a_token_of_the_pinned_key_is_believed(module_api: Api) -> None:
    token = signed(module_api.hub)

    assert answered(module_api, token) == (200, "", "")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "urn:samspar:issuer:other"},
        {"iss": None},
        {"iss": ["urn:samspar:issuer:development"]},
        {"aud": "urn:samspar:other"},
        {"aud": None},
        {"aud": []},
        {"aud": {"urn:samspar:hub": True}},
        {"exp": None},
        {"exp": 0},
        {"exp": "2099-01-01"},
        {"exp": True},
        {"exp": 1e300},
        {"nbf": 2**39},
        {"nbf": "now"},
        {"agency": None},
        {"agency": ""},
        {"agency": "job\nbtorg"},
        {"agency": ["jobbtorg"]},
        {"sub": None},
        {"scope": ["receipts:read"]},
        {"unit": 7},
    ],
    ids=json.dumps,
)
def test_a_token_with_a_wrong_claim_is_refused(module_api: Api, change: JsonObject) -> None:
    assert answered(module_api, signed(module_api.hub, **change)) == REFUSED


def test_a_token_is_refused_from_the_second_in_which_it_expires(module_api: Api) -> None:
    now = int(module_api.hub.now().timestamp())

    answers = [answered(module_api, signed(module_api.hub, exp=expires)) for expires in (now - 1, now, now + 60)]

    assert answers == [REFUSED, REFUSED, (200, "", "")]


def test_a_key_that_is_not_pinned_is_not_believed_under_any_name(module_api: Api) -> None:
    own, other = key_of(module_api.hub), ECKey.generate_key("P-256", auto_kid=True)
    names = (str(own.kid), str(other.kid), "", "../token.json")

    tokens = [jwt.encode({"alg": "ES256", "kid": kid}, claims(module_api.hub), other) for kid in names]
    tokens.append(jwt.encode({"alg": "ES256"}, claims(module_api.hub), own))

    assert [answered(module_api, token) for token in tokens] == [REFUSED] * 5


def test_what_a_token_says_about_its_own_key_is_not_followed(module_api: Api) -> None:
    own, other = key_of(module_api.hub), ECKey.generate_key("P-256", auto_kid=True)
    header = {"alg": "ES256", "kid": str(own.kid), "jwk": other.as_dict(private=False), "jku": "http://127.0.0.1:9/"}

    assert answered(module_api, jwt.encode(header, claims(module_api.hub), other)) == REFUSED


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "RS256", ""])
def test_a_token_with_another_algorithm_is_refused_whatever_stands_as_its_signature(
    module_api: Api, algorithm: str
) -> None:
    good = signed(module_api.hub)
    header = {"alg": algorithm, "kid": str(key_of(module_api.hub).kid)}

    tokens = [unsigned(header, claims(module_api.hub), signature) for signature in ("", good.rpartition(".")[2])]

    assert [answered(module_api, token) for token in tokens] == [REFUSED, REFUSED]


def test_a_token_by_the_public_key_as_a_shared_secret_is_refused(module_api: Api) -> None:
    own = key_of(module_api.hub)
    secrets = [own.as_pem(private=False), json.dumps(own.as_dict(private=False)).encode()]
    claimed = unsigned({"alg": "HS256", "kid": str(own.kid)}, claims(module_api.hub)).removesuffix(".")

    signatures = [hmac.digest(secret, claimed.encode(), "sha256") for secret in secrets]

    assert [answered(module_api, f"{claimed}.{in_base64(signature)}") for signature in signatures] == [REFUSED, REFUSED]


def test_a_token_by_a_key_of_another_kind_is_refused(module_api: Api) -> None:
    kid = str(key_of(module_api.hub).kid)

    tokens = [
        jwt.encode({"alg": "RS256", "kid": kid}, claims(module_api.hub), RSAKey.generate_key(2048)),
        jwt.encode({"alg": "ES384", "kid": kid}, claims(module_api.hub), ECKey.generate_key("P-384"), ["ES384"]),
    ]

    assert [answered(module_api, token) for token in tokens] == [REFUSED, REFUSED]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-4],
        lambda token: token + "AAAA",
        lambda token: token.replace(".", "", 1),
        lambda token: token + ".x",
        lambda token: ".".join((token.split(".")[0], "e30", token.split(".")[2])),
        lambda token: token[0] + "!" + token[1:],
        lambda _: "x",
        lambda _: "..",
        lambda _: "e30.e30.e30",
        lambda _: "A" * 5000,
        lambda _: "åäö",
        lambda _: base64.urlsafe_b64encode(b"[" * 2000).decode() + ".e30.e30",
    ],
)
def test_what_is_no_whole_token_is_refused(module_api: Api, spoil: object) -> None:
    assert callable(spoil)

    assert answered(module_api, spoil(signed(module_api.hub))) == REFUSED


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic am9iYnRvcmc6eA==", "eyJ.e30.e30"])
def test_a_call_without_a_bearer_token_is_asked_for_one(module_api: Api, authorization: str) -> None:
    answer = module_api.call("GET", RECEIPTS, headers={"Authorization": authorization})

    assert (answer.status_code, answer.json()["reason"], answer.headers["www-authenticate"]) == (
        401,
        "token_missing",
        "Bearer",
    )


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", EVENTS, "events:write"),
        ("POST", VALIDATIONS, "events:write"),
        ("GET", RECEIPTS, "receipts:read"),
        ("GET", f"{RECEIPTS}/{NOBODY}", "receipts:read"),
        ("POST", SEARCHES, "timeline:read"),
        ("GET", TIMELINE, "timeline:read"),
    ],
)
def test_every_call_needs_the_scope_of_its_own(module_api: Api, method: str, path: str, scope: str) -> None:
    scopes = ["events:write", "receipts:read", "timeline:read", "plan:read", "operate"]
    tokens = {
        "others": signed(module_api.hub, scope=" ".join(each for each in scopes if each != scope)),
        "none": signed(module_api.hub, scope=None),
        "longer": signed(module_api.hub, scope=f"{scope}s x{scope}"),
        "own": signed(module_api.hub, scope=scope),
    }
    body = b'{"identifier": "x", "purpose": "planning"}' if method == "POST" else None
    headers = {"Content-Type": "application/json"}

    answers = {
        name: module_api.call(method, path, token=token, headers=headers, body=body) for name, token in tokens.items()
    }

    refusals = {
        name: (answer.status_code, answer.json()["reason"], answer.headers["www-authenticate"])
        for name, answer in answers.items()
        if answer.status_code == 403
    }
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    assert refusals == dict.fromkeys(("others", "none", "longer"), (403, "scope_missing", challenge))


def test_a_refused_token_leaves_nothing_behind(api: Api) -> None:
    api.call("POST", EVENTS, token=signed(api.hub, exp=0), body=b"42")
    api.call("GET", TIMELINE, token=signed(api.hub, scope="events:write"))

    with api.hub.database.transaction() as connection:
        assert rows(connection, "SELECT (SELECT count(*) FROM receipt), (SELECT count(*) FROM read_row)") == [(0, 0)]


def test_a_token_of_another_kind_is_not_believed(module_api: Api) -> None:
    key = key_of(module_api.hub)
    header = {"alg": "ES256", "kid": str(key.kid), "typ": "id_token+jwt"}

    assert answered(module_api, jwt.encode(header, claims(module_api.hub), key)) == REFUSED
