"""The house rules hold, and each of them is able to notice."""

import pytest

from tests.architecture.house_rules import (
    RULES,
    Rule,
    catches_everything_in_run_only,
    commits_in_one_place,
    has_a_name_of_its_own,
    holds_one_idea,
    justifies_exemptions,
    leaves_nothing_over,
    mocks_nothing,
    names_log_events_constantly,
    never_skips_a_test,
    parse,
    prints_at_the_edge_only,
    reads_settings_from_one_place,
    says_what_lives_there,
    takes_time_as_an_argument,
)
from tests.architecture.repository import python_files, relative

MODULES = [parse(relative(path), path.read_text(encoding="utf-8")) for path in python_files()]

REMINDER = "TO" + "DO"

BAD = (
    (says_what_lives_there, "hub/a.py", "x = 1"),
    (holds_one_idea, "projections/a.py", "x = 1\n" * 251),
    (takes_time_as_an_argument, "hub/a.py", "now = datetime.now(UTC)"),
    (takes_time_as_an_argument, "hub/a.py", "day = datetime.date.today()"),
    (takes_time_as_an_argument, "schemas/a.py", "now = time.time()"),
    (reads_settings_from_one_place, "hub/a.py", "import os\nx = os.environ['HUB_PORT']"),
    (reads_settings_from_one_place, "connectors/a.py", "import os\nx = os.getenv('HUB_PORT')"),
    (prints_at_the_edge_only, "hub/web/a.py", "print('x')"),
    (prints_at_the_edge_only, "tests/a.py", "print('x')"),
    (commits_in_one_place, "hub/store/a.py", "connection.commit()"),
    (names_log_events_constantly, "hub/a.py", "log.info(f'{agency} sent')"),
    (names_log_events_constantly, "hub/a.py", "log.warning(event, agency=agency)"),
    (names_log_events_constantly, "hub/a.py", "self._log.error('Something failed')"),
    (names_log_events_constantly, "hub/a.py", "log.info()"),
    (catches_everything_in_run_only, "hub/store/a.py", "try:\n    x()\nexcept Exception:\n    y()"),
    (catches_everything_in_run_only, "schemas/a.py", "try:\n    x()\nexcept (ValueError, BaseException):\n    y()"),
    (catches_everything_in_run_only, "connectors/a.py", "try:\n    x()\nexcept:\n    y()"),
    (has_a_name_of_its_own, "hub/utils/a.py", ""),
    (has_a_name_of_its_own, "hub/store/base.py", ""),
    (never_skips_a_test, "tests/unit/test_a.py", "@pytest.mark.skip\ndef test_a(): ..."),
    (never_skips_a_test, "tests/unit/test_a.py", "@pytest.mark.xfail(reason='x')\ndef test_a(): ..."),
    (never_skips_a_test, "tests/unit/test_a.py", "pytest.importorskip('x')"),
    (never_skips_a_test, "tests/unit/test_a.py", "from pytest import skip"),
    (mocks_nothing, "tests/unit/test_a.py", "from unittest.mock import Mock"),
    (mocks_nothing, "tests/unit/test_a.py", "from unittest import mock"),
    (mocks_nothing, "tests/unit/test_a.py", "import unittest.mock"),
    (leaves_nothing_over, "hub/a.py", f"# {REMINDER}: later"),
    (leaves_nothing_over, "hub/a.py", "raise NotImplementedError"),
    (justifies_exemptions, "hub/a.py", "x = y()  # type: ignore[no-any-return]"),
    (justifies_exemptions, "hub/a.py", "x = y()  # noqa: S603"),
    (justifies_exemptions, "hub/a.py", "def f(x: Any) -> None: ..."),
    (justifies_exemptions, "hub/a.py", "x = cast('int', y)"),
)

GOOD = (
    (says_what_lives_there, "hub/__init__.py", ""),
    (holds_one_idea, "tests/a.py", "x = 1\n" * 251),
    (takes_time_as_an_argument, "hub/bootstrap.py", "now = datetime.now(UTC)"),
    (takes_time_as_an_argument, "hub/a.py", "deadline = time.monotonic() + 5"),
    (reads_settings_from_one_place, "hub/settings.py", "import os\nx = os.environ"),
    (prints_at_the_edge_only, "hub/cli/a.py", "print('x')"),
    (commits_in_one_place, "hub/store/database.py", "connection.commit()"),
    (commits_in_one_place, "hub/run/a.py", "savepoint.commit()"),
    (names_log_events_constantly, "hub/a.py", "log.info('delivery_rejected', agency=agency)"),
    (names_log_events_constantly, "hub/a.py", "log.info('agency_added' if new else 'agency_changed')"),
    (names_log_events_constantly, "hub/a.py", "math.log(2)\nself.catalog.info('A page')"),
    (catches_everything_in_run_only, "hub/run/a.py", "try:\n    x()\nexcept Exception:\n    y()"),
    (catches_everything_in_run_only, "hub/a.py", "try:\n    x()\nexcept ValueError:\n    y()"),
    (has_a_name_of_its_own, "hub/store/database.py", ""),
    (never_skips_a_test, "tests/unit/test_a.py", "rows.skip(2)"),
    (mocks_nothing, "tests/unit/test_a.py", "import pytest"),
    (leaves_nothing_over, "hub/a.py", "done = True"),
    (justifies_exemptions, "hub/a.py", "x = y()  # type: ignore[no-any-return]  # untyped in the driver"),
    (justifies_exemptions, "hub/a.py", "def f(row: tuple[Any, ...]) -> None: ..."),
    (justifies_exemptions, "hub/a.py", "x = '# noqa: S603'"),
    (justifies_exemptions, "hub/a.py", "x = y()  # noqa: S603 - our own constant command"),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_of_the_tree_keeps_the_rule(rule: Rule) -> None:
    breaches = [f"{module.path}:{line}" for module in MODULES for line in rule(module)]
    assert breaches == [], rule.__doc__


@pytest.mark.parametrize(("rule", "path", "source"), BAD)
def test_a_rule_notices_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(parse(path, source))) != []


@pytest.mark.parametrize(("rule", "path", "source"), GOOD)
def test_a_rule_leaves_alone_what_keeps_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(parse(path, source))) == []


def test_every_rule_has_an_example_of_both_kinds() -> None:
    assert {rule for rule, _, _ in BAD} == {rule for rule, _, _ in GOOD} == set(RULES)
