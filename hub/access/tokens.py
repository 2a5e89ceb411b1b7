"""Access tokens of systems: ES256 against a pinned key set, and every claim checked before anybody is believed.

The key is looked up by `kid` among our own keys only: the issuer's, and those that an agency has registered for tokens
that speak for itself. What a token says about keys, addresses or algorithms is not followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

import orjson
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, GuestProtocol

from hub.intake.registry import AgencyKey
from hub.settings import Settings
from hub.store.key_files import make_once
from schemas.days import day_of, is_valid
from schemas.errors import Misconfigured
from schemas.event_type import Json, JsonObject

SCOPES = ("events:write", "receipts:read", "timeline:read", "plan:read", "operate")
ISSUER_OF_AGENCY = "urn:samspar:agency:"
"""The issuer of tokens that an agency signs itself, before its code."""
_ALGORITHM = "ES256"
_TYPES = ("JWT", "at+jwt")  # an id token is no access token
_CURVE = "P-256"
_LARGEST_TOKEN = 4096
_LARGEST_CLAIM = 128
_LIFETIME = timedelta(days=1)
_CLOCK_SKEW_SECONDS = 30
_LAST_INSTANT = 2**40  # far beyond every date; not finite and huge numbers end here


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a valid token speaks for."""

    agency: str
    subject: str
    scopes: frozenset[str]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """The token is not believed; `why` names the check that failed and repeats nothing of the token."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCheck:
    """The pinned keys, and for whom tokens must be made out."""

    keys: Mapping[str, ECKey] = field(repr=False)
    issuer: str
    audience: str

    def caller(self, token: str, now: datetime, registered: Mapping[str, AgencyKey]) -> Caller | TokenRefused:
        """Whom the token speaks for, if its signature and all its claims hold now.

        A token under a key that an agency has registered speaks for that agency alone, and never operates the hub.
        """
        if len(token) > _LARGEST_TOKEN or not token.isascii():
            return TokenRefused("form")
        owner: list[AgencyKey] = []

        def key_of(signed: GuestProtocol) -> ECKey:
            kid = signed.headers().get("kid")
            if isinstance(kid, str) and kid in self.keys:
                return self.keys[kid]
            own = registered.get(kid) if isinstance(kid, str) else None
            if own is None or not is_valid(own, day_of(now)):
                message = "expected the id of a pinned or registered key"
                raise InvalidKeyIdError(message)
            owner.append(own)
            return _imported(own.jwk)

        try:
            decoded = jwt.decode(token, key_of, algorithms=[_ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError):
            return TokenRefused("signature")
        if decoded.header.get("typ", "JWT") not in _TYPES:
            return TokenRefused("typ")
        if not owner:
            return self._claims(decoded.claims, self.issuer, now.timestamp())
        found = self._claims(decoded.claims, ISSUER_OF_AGENCY + owner[0].agency, now.timestamp())
        if isinstance(found, Caller) and found.agency != owner[0].agency:
            return TokenRefused("agency")
        return found if isinstance(found, TokenRefused) else replace(found, scopes=found.scopes - {"operate"})

    def _claims(self, claims: JsonObject, issuer: str, now: float) -> Caller | TokenRefused:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        if claims.get("iss") != issuer:
            return TokenRefused("issuer")
        if self.audience not in audiences:
            return TokenRefused("audience")
        if not _is_instant(expires) or now >= expires:
            return TokenRefused("expiry")
        if not _is_instant(begins) or now < begins - _CLOCK_SKEW_SECONDS:
            return TokenRefused("not_before")
        agency, subject, unit = claims.get("agency"), claims.get("sub"), claims.get("unit")
        scope = claims.get("scope", "")
        if not (_is_word(agency) and _is_word(subject) and isinstance(scope, str) and (unit is None or _is_word(unit))):
            return TokenRefused("claims")
        return Caller(agency=agency, subject=subject, unit=unit, scopes=frozenset(scope.split()))


def open_token_check(settings: Settings) -> TokenCheck:
    """The check with the keys of HUB_JWKS_FILE; in development without that file, with a key of its own."""
    path = settings.jwks_file
    keys = [_development_key(settings)] if path is None and settings.is_development else _pinned(path)
    return TokenCheck(
        keys={str(key.kid): key for key in keys}, issuer=settings.token_issuer, audience=settings.token_audience
    )


def read_public_keys(content: bytes, where: str) -> list[tuple[str, str]]:
    """The `kid` and JSON of the public keys in a JWK or JWK Set. Raises Misconfigured, also when a private part is there."""
    try:
        given = orjson.loads(content)
        listed = given.get("keys", [given])
        keys = [ECKey.import_key(stated) for stated in listed]
        fitting = all(key.kid and not key.is_private and key.get("crv") == _CURVE for key in keys)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, JoseError, ValueError) as error:
        message = f"expected a JSON Web Key or Key Set in {where}, found {type(error).__name__}; correct the file"
        raise Misconfigured(message) from error
    if not keys or not fitting:
        message = f"expected public {_CURVE} keys with a kid in {where}, found others; keep the private key to yourself"
        raise Misconfigured(message)
    return [(str(key.kid), orjson.dumps(key.as_dict(private=False)).decode()) for key in keys]


def mint(settings: Settings, agency: str, scopes: Sequence[str], unit: str | None = None, *, now: datetime) -> str:
    """A token for development, valid for a day. Refused where the keys are somebody else's."""
    if not settings.is_development or settings.jwks_file is not None:
        message = (
            "expected HUB_ENVIRONMENT=development without HUB_JWKS_FILE, found keys of an issuer; ask it for a token"
        )
        raise Misconfigured(message)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        message = f"expected scopes among {', '.join(SCOPES)}, found {', '.join(unknown)}; correct them"
        raise Misconfigured(message)
    key = _development_key(settings)
    claims: JsonObject = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": f"development:{agency}",
        "agency": agency,
        "scope": " ".join(scopes),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + _LIFETIME).timestamp()),
    }
    if unit is not None:
        claims["unit"] = unit
    return jwt.encode({"alg": _ALGORITHM, "kid": str(key.kid)}, claims, key, algorithms=[_ALGORITHM])


def _pinned(path: Path | None) -> list[ECKey]:
    """The public keys of the file that can check our algorithm."""
    try:
        listed = orjson.loads(path.read_bytes())["keys"] if path is not None else []
        keys = [ECKey.import_key(stated) for stated in listed if stated.get("crv") == _CURVE]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError, JoseError, ValueError) as error:
        message = f"expected a JSON Web Key Set in {path}, found {type(error).__name__}; correct HUB_JWKS_FILE"
        raise Misconfigured(message) from error
    if not keys or any(not key.kid for key in keys):
        message = f"expected {_CURVE} keys with a kid in {path}, found none or one without; correct HUB_JWKS_FILE"
        raise Misconfigured(message)
    return keys


def _development_key(settings: Settings) -> ECKey:
    """The key in the data directory, made on first use; two processes that make it at once keep the first."""
    path = settings.data_dir / "keys" / "token.json"
    if not path.exists():
        make_once(path, orjson.dumps(ECKey.generate_key(_CURVE, auto_kid=True).as_dict(private=True)))
    return ECKey.import_key(orjson.loads(path.read_bytes()))


@lru_cache(maxsize=1024)
def _imported(jwk: str) -> ECKey:
    return ECKey.import_key(orjson.loads(jwk))


def _is_instant(value: Json) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LAST_INSTANT


def _is_word(value: Json) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LARGEST_CLAIM and value.isprintable()
