"""Every setting of the hub: environment variables with the prefix HUB_, checked once at the start.

A wrong setting is found before anything is opened: the message names it, says what is expected, what was found and
what to do. Secrets are never repeated, neither in a message nor by `hub settings`.
"""

import os
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import Misconfigured

PREFIX = "HUB_"
_DATABASE_URL = r"^postgresql://[^/\s]+/\S+$"
_HIDDEN = "********"


class Settings(BaseSettings):
    """The hub's settings. A variable is called HUB_ and the name of the field; the description is what is expected."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    environment: Literal["development", "production"] = Field(
        default="development",
        description="development (demo agencies, demo tokens, keys made on first use) or production",
    )
    data_dir: Path = Field(
        default=Path("var"), description="a directory for the embedded database, its passwords and the keys"
    )
    database_url: str | None = Field(
        default=None,
        pattern=_DATABASE_URL,
        repr=False,
        description="postgresql://hub_app:PASSWORD@HOST:PORT/DATABASE; without it the hub runs a PostgreSQL of its own",
    )
    owner_database_url: str | None = Field(
        default=None,
        pattern=_DATABASE_URL,
        repr=False,
        description="postgresql://hub_owner:PASSWORD@HOST:PORT/DATABASE, the owner of the tables, for migrations",
    )
    key_file: Path | None = Field(
        default=None, description="the file of the key that wraps all others, outside the database and its backups"
    )
    jwks_file: Path | None = Field(
        default=None, description="a file with the JSON Web Key Set that access tokens are checked with"
    )
    token_issuer: str = Field(
        default="urn:samspar:issuer:development", min_length=1, description="the issuer (iss) of access tokens"
    )
    token_audience: str = Field(
        default="urn:samspar:hub", min_length=1, description="the audience (aud) of access tokens"
    )
    host: str = Field(
        default="127.0.0.1", min_length=1, description="the address of this machine that API and pages listen on"
    )
    port: int = Field(default=8080, ge=1, le=65535, description="a port from 1 to 65535 for API and pages")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="a port from 1 to 65535 for /metrics, or 0: beside the API, answered to this machine only",
    )
    kafka_bootstrap_servers: str | None = Field(
        default=None, pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$", description="HOST:PORT,HOST:PORT… of the Kafka brokers"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_username: str | None = Field(default=None, description="the name under which the hub signs in to Kafka")
    kafka_password: str | None = Field(default=None, repr=False, description="the hub's password at Kafka")
    kafka_worker_username: str | None = Field(
        default=None,
        description="the name under which the hub's processes sign in, where topics are applied under another, an operator's",
    )
    kafka_ca_file: Path | None = Field(
        default=None, description="a file with the certificate of the authority that signed the brokers' own"
    )
    kafka_partitions: int = Field(
        default=12, ge=1, le=1000, description="a number of partitions, 1 to 1000, for participant.events"
    )
    kafka_agency_partitions: int = Field(
        default=3, ge=1, le=1000, description="a number of partitions, 1 to 1000, for each topic of an agency"
    )
    kafka_replication: int = Field(
        default=1,
        ge=1,
        le=10,
        description="a number of copies, 1 to 10, of every topic; 3 where anything depends on it",
    )
    kafka_kept_days: int = Field(
        default=14, ge=1, le=3650, description="the days, 1 to 3650, for which the agencies' topics are kept"
    )
    today: date | None = Field(
        default=None, description="the day (YYYY-MM-DD) that pages and findings read as of, in development only"
    )
    held_alarm_days: int = Field(
        default=7, ge=1, le=365, description="the days, 1 to 365, after which a held event raises an alarm"
    )
    watchdog_seconds: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="the seconds, 1 to 3600, without advance after which a lagging runner is ended",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )
    log_json: bool | None = Field(
        default=None, description="true or false: log lines as JSON; without it, JSON when stderr is no terminal"
    )
    failpoint: str | None = Field(
        default=None,
        pattern=r"^[a-z_]+(:[1-9]\d*)?$",
        description="POINT or POINT:HIT at which the process kills itself, for tests of crash safety in development",
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
        lacking = [name for name in ("key_file", "jwks_file", "token_issuer") if name not in self.model_fields_set]
        if lacking:
            message = f"HUB_ENVIRONMENT: production expects {_variables(lacking)}, found none; set what is missing"
            raise ValueError(message)
        refused = [name for name in ("today", "failpoint") if getattr(self, name) is not None]
        if refused:
            message = f"HUB_ENVIRONMENT: production expects no {_variables(refused)}, found a value; remove it"
            raise ValueError(message)
        return self


def load(**overrides: Any) -> Settings:  # values of any type, checked by pydantic
    """The settings of this process; `overrides` (what the command line said) come before the environment.

    Raises Misconfigured when one is wrong or unknown.
    """
    _refuse_unknown(name for name in os.environ if name.upper().startswith(PREFIX))
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise Misconfigured("\n".join(_explained(each) for each in error.errors(include_url=False))) from None


def shown(settings: Settings) -> dict[str, object]:
    """The settings for people to see, by the name of their variable; the secrets in addresses are hidden."""
    return {_variable(name): _without_secret(value) for name, value in settings.model_dump(mode="json").items()}


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment for another process of the hub that is to have these settings, and no others."""
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    given = settings.model_dump(mode="json", include=settings.model_fields_set)
    return others | {_variable(name): str(value) for name, value in given.items() if value is not None}


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [_variable(name) for name in Settings.model_fields]
    for name in sorted(names):
        if name.upper() not in known:
            closest = "".join(get_close_matches(name.upper(), known, n=1))
            hint = f"did you mean {closest}? Rename it" if closest else "rename it"
            message = f"{name}: expected a setting that `hub settings` lists, found an unknown one; {hint} or remove it"
            raise Misconfigured(message)


def _explained(error: ErrorDetails) -> str:
    """One line per wrong setting; what was found is repeated only where it cannot hold a secret."""
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    found = repr(str(error["input"])) if field.repr else "something of another form"
    otherwise = f"for the default, {field.default}" if field.default is not None else "to do without it"
    return f"{_variable(name)}: expected {field.description}; found {found}; correct it, or remove it {otherwise}"


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _variables(names: list[str]) -> str:
    return " and ".join(_variable(name) for name in names)


def _without_secret(value: object) -> object:
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    return f"{parts.scheme}://{_HIDDEN}@{parts.netloc.rpartition('@')[2]}{parts.path}"
