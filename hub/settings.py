"""Every setting of the hub: environment variables with the prefix HUB_, checked once at the start.

A wrong setting is found before anything is opened: the message names it, says what is expected, what was found and
what to do. Secrets are never repeated, neither in a message nor by `hub settings`.
"""

import os
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import Misconfigured

PREFIX = "HUB_"
_HIDDEN = "********"
_DATABASE_URL = r"^postgresql://[^/\s]+/\S+$"
_PASSWORD_IN_URL = re.compile(r"(?<=:)[^:@/]+(?=@)")


class Settings(BaseSettings):
    """The hub's settings; the name of the variable is HUB_ and the name of the field in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    environment: Literal["development", "production"] = Field(
        default="development", description="development has demo agencies, demo tokens and keys made on first use"
    )
    data_dir: Path = Path("var")
    """Where the embedded database, its password and the keys are kept."""
    database_url: str | None = Field(
        default=None,
        pattern=_DATABASE_URL,
        repr=False,
        description="postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE of the role hub_app; without it the hub starts its own",
    )
    owner_database_url: str | None = Field(
        default=None,
        pattern=_DATABASE_URL,
        repr=False,
        description="the same database as the role that owns the tables, for migrations",
    )
    key_file: Path | None = Field(
        default=None, description="the file of the key that wraps all others; by default keys/kek in the data directory"
    )
    jwks_file: Path | None = Field(
        default=None, description="a JSON Web Key Set with the public keys that access tokens are checked with"
    )
    token_issuer: str = Field(
        default="urn:samspar:issuer:development", min_length=1, description="`iss` of access tokens"
    )
    token_audience: str = Field(default="urn:samspar:hub", min_length=1, description="`aud` of access tokens")
    host: str = Field(default="127.0.0.1", min_length=1, description="the address that API and pages listen on")
    port: int = Field(default=8080, ge=1, le=65535, description="the port of API and pages")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="a port of its own for /metrics; 0: beside the API, for this machine only",
    )
    kafka_bootstrap_servers: str | None = Field(
        default=None, pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$", description="HOST:PORT,… of the Kafka brokers"
    )
    today: date | None = Field(default=None, description="the day that pages and findings read as of; development only")
    held_alarm_days: int = Field(default=7, ge=1, le=365, description="days after which a held event raises an alarm")
    watchdog_seconds: int = Field(
        default=60, ge=1, le=3600, description="seconds without advance after which a lagging runner is ended"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least level logged"
    )
    log_json: bool | None = Field(default=None, description="log lines as JSON; by default when stderr is no terminal")
    failpoint: str | None = Field(
        default=None,
        pattern=r"^[a-z_]+(:[1-9]\d*)?$",
        description="POINT:HIT at which the process kills itself, for tests of crash safety; development only",
    )

    @property
    def is_development(self) -> bool:
        """Whether demo agencies, demo tokens and keys made on first use are allowed."""
        return self.environment == "development"

    @property
    def key_path(self) -> Path:
        """The file with the key that wraps all others."""
        return self.key_file or self.data_dir / "keys" / "kek"

    @model_validator(mode="after")
    def _fits_the_environment(self) -> Self:
        """Production names its own keys and issuer and has no test switches."""
        if self.is_development:
            return self
        needed = [
            _variable(name) for name in ("key_file", "jwks_file", "token_issuer") if name not in self.model_fields_set
        ]
        if needed:
            message = f"HUB_ENVIRONMENT=production needs {' and '.join(needed)}; set them, or use development"
            raise ValueError(message)
        refused = [_variable(name) for name in ("today", "failpoint") if getattr(self, name) is not None]
        if refused:
            message = f"HUB_ENVIRONMENT=production refuses {' and '.join(refused)}; remove them, or use development"
            raise ValueError(message)
        return self


def load(**overrides: Any) -> Settings:  # values of any type, checked by pydantic
    """The settings of this process; `overrides` (what the command line said) come before the environment.

    Raises Misconfigured when one is wrong or unknown.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise Misconfigured("\n".join(_explained(detail) for detail in error.errors(include_url=False))) from None


def shown(settings: Settings) -> dict[str, object]:
    """The settings for people to see, by the name of their variable; passwords hidden."""
    return {_variable(name): _without_password(value) for name, value in settings.model_dump(mode="json").items()}


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [_variable(name) for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            closest = get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {closest[0]}? Correct it" if closest else "there is nothing like it: correct it"
            message = f"{name}: expected one of the settings that `hub settings` lists, found an unknown name; {hint} or remove it"
            raise Misconfigured(message)


def _explained(detail: ErrorDetails) -> str:
    """One sentence per wrong setting; the value found is repeated only where it cannot hold a secret."""
    if not detail["loc"]:
        return detail["msg"].removeprefix("Value error, ")
    name = str(detail["loc"][0])
    if name not in Settings.model_fields:
        return f"{name}: expected a known setting, found an unknown name; remove it"
    field = Settings.model_fields[name]
    found = "a value of another form" if not field.repr else repr(os.environ.get(_variable(name), "another value"))
    default = "nothing" if field.default is None else str(field.default)
    meaning = field.description or name.replace("_", " ")
    return (
        f"{_variable(name)}: expected {_expectation(detail)}, found {found}; it is {meaning}. "
        f"Correct it, or remove it for the default ({default})"
    )


def _expectation(detail: ErrorDetails) -> str:
    return detail["msg"].removeprefix("Input should be ").removeprefix("String should ")


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _without_password(value: object) -> object:
    return _PASSWORD_IN_URL.sub(_HIDDEN, value) if isinstance(value, str) and "://" in value else value
