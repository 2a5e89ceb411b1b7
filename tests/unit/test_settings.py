"""Settings: what is said when one is wrong, and what is never said."""

from datetime import date
from pathlib import Path

import pytest

from hub.settings import Settings, load, shown
from schemas.errors import Misconfigured


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine that runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HUB_{name.upper()}", raising=False)


def message_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as raised:
        load()
    return str(raised.value)


def test_without_any_setting_the_hub_runs_for_development_on_a_database_of_its_own() -> None:
    settings = load()
    assert (settings.environment, settings.database_url, settings.data_dir, settings.host, settings.port) == (
        "development",
        None,
        Path("var"),
        "127.0.0.1",
        8080,
    )
    assert settings.key_path == Path("var/keys/kek")


def test_variables_are_read_and_the_command_line_comes_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "9000")
    monkeypatch.setenv("HUB_TODAY", "2026-11-20")
    monkeypatch.setenv("HUB_LOG_JSON", "true")
    settings = load(port=9001)
    assert (settings.port, settings.today, settings.log_json) == (9001, date(2026, 11, 20), True)


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "")
    assert load().port == 8080


def test_a_wrong_setting_says_what_was_expected_what_was_found_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message_of(monkeypatch, HUB_PORT="http") == (
        "HUB_PORT: expected a port from 1 to 65535 for API and pages; found 'http'; correct it, or remove it for the default, 8080"
    )


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = message_of(monkeypatch, HUB_PORT="0", HUB_LOG_LEVEL="loud", HUB_WATCHDOG_SECONDS="soon").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["HUB_PORT", "HUB_WATCHDOG_SECONDS", "HUB_LOG_LEVEL"]


def test_a_misspelt_setting_is_refused_with_the_closest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message_of(monkeypatch, HUB_DATABSE_URL="postgresql://hub_app:secret@db/samspar") == (
        "HUB_DATABSE_URL: expected a setting that `hub settings` lists, found an unknown one; "
        "did you mean HUB_DATABASE_URL? Rename it or remove it"
    )


def test_a_setting_like_no_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message_of(monkeypatch, HUB_ZZZ="1").endswith("found an unknown one; rename it or remove it")


def test_a_wrong_address_of_the_database_is_refused_without_repeating_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = message_of(monkeypatch, HUB_DATABASE_URL="mysql://hub_app:secret@db/samspar")
    assert said.startswith("HUB_DATABASE_URL: expected postgresql://hub_app:PASSWORD@HOST:PORT/DATABASE; ")
    assert "found something of another form" in said
    assert "secret" not in said


def test_production_needs_keys_and_issuer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message_of(monkeypatch, HUB_ENVIRONMENT="production", HUB_KEY_FILE="/run/secrets/kek") == (
        "HUB_ENVIRONMENT: production expects HUB_JWKS_FILE and HUB_TOKEN_ISSUER, found none; set what is missing"
    )


@pytest.mark.parametrize(("name", "value"), [("HUB_TODAY", "2026-11-20"), ("HUB_FAILPOINT", "intake_after_commit:2")])
def test_production_has_no_test_switches(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    own = {"HUB_KEY_FILE": "kek", "HUB_JWKS_FILE": "jwks.json", "HUB_TOKEN_ISSUER": "https://login.example.se"}
    assert message_of(monkeypatch, HUB_ENVIRONMENT="production", **own, **{name: value}) == (
        f"HUB_ENVIRONMENT: production expects no {name}, found a value; remove it"
    )


def test_showing_the_settings_hides_what_is_secret() -> None:
    address = "postgresql://hub_app:se:cr@et@db.example.se:5432/samspar?password=secret"
    settings = Settings(database_url=address, port=9000)
    listed = shown(settings)
    assert listed["HUB_DATABASE_URL"] == "postgresql://********@db.example.se:5432/samspar"
    assert (listed["HUB_PORT"], listed["HUB_KEY_FILE"], len(listed)) == (9000, None, len(Settings.model_fields))
    assert "db.example.se" not in repr(settings)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_is_expected(name: str) -> None:
    assert Settings.model_fields[name].description
