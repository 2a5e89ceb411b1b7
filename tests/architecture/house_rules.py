"""The house rules that no linter has, each a function of one module's syntax tree.

A rule yields the lines that break it. `RULES` is the list; the tests hold every rule against the tree and against
a bad example of its own.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

HUB_PACKAGES = ("hub", "schemas", "connectors", "projections")
_LINES = 250
_CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
_LOG_METHODS = {"debug", "info", "warning", "error", "critical", "exception"}
_EVENT = re.compile(r"[a-z]+(_[a-z]+)+")
_FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "core", "manager", "misc"}
_LEFT_OVER = re.compile("TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK")
_SKIPPING = {"skip", "skipif", "xfail", "importorskip", "skipIf", "skipUnless", "expectedFailure", "SkipTest"}
_EXEMPTION = re.compile(r"#\s*(type: ignore(\[[\w, -]+\])?|noqa(: [A-Z0-9, ]+)?)(?P<reason>.*)")
_REASON_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module as the rules see it; the path is relative to the root of the repository."""

    path: PurePosixPath
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top folder."""
        return self.path.parts[0]

    def is_in(self, *folders: str) -> bool:
        """Whether it is one of these modules or below one of these folders."""
        return any(self.path.is_relative_to(folder) for folder in folders)


Rule = Callable[[Module], Iterator[int]]


def parse(path: str, source: str) -> Module:
    """A module from its text."""
    return Module(path=PurePosixPath(path), source=source, tree=ast.parse(source))


def says_what_lives_there(module: Module) -> Iterator[int]:
    """A module opens with a docstring; only an empty `__init__.py` needs none."""
    if module.source.strip() and ast.get_docstring(module.tree) is None:
        yield 1


def holds_one_idea(module: Module) -> Iterator[int]:
    """A module of the hub has at most 250 lines."""
    if module.is_in(*HUB_PACKAGES) and len(module.source.splitlines()) > _LINES:
        yield _LINES


def takes_time_as_an_argument(module: Module) -> Iterator[int]:
    """Only hub/bootstrap.py reads the clock."""
    if not module.is_in(*HUB_PACKAGES) or module.is_in("hub/bootstrap.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in _CLOCKS:
            yield node.lineno


def reads_settings_from_one_place(module: Module) -> Iterator[int]:
    """Only hub/settings.py reads the environment."""
    if not module.is_in(*HUB_PACKAGES, "benchmarks") or module.is_in("hub/settings.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in {
            ("os", "environ"),
            ("os", "getenv"),
        }:
            yield node.lineno


def prints_at_the_edge_only(module: Module) -> Iterator[int]:
    """Only the command line and the benchmarks print."""
    if module.is_in("hub/cli", "benchmarks"):
        return
    for node in _calls(module):
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


def commits_in_one_place(module: Module) -> Iterator[int]:
    """Only hub/store/database.py commits. What hub/run/faust_thread.py commits is an offset at Kafka, where it is a hint."""
    if not module.is_in(*HUB_PACKAGES) or module.is_in("hub/store/database.py", "hub/run/faust_thread.py"):
        return
    for node in _calls(module):
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "commit":
            continue
        if _last_name(node.func.value) != "savepoint":  # releasing one commits nothing
            yield node.lineno


def names_log_events_constantly(module: Module) -> Iterator[int]:
    """The event of a log line is a constant in snake_case of two words or more."""
    for node in _calls(module):
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _LOG_METHODS:
            continue
        if _last_name(node.func.value) not in {"log", "logger"}:
            continue
        event = node.args[0] if node.args else None
        events = [event.body, event.orelse] if isinstance(event, ast.IfExp) else [event]
        if not all(isinstance(each, ast.Constant) and _EVENT.fullmatch(str(each.value)) for each in events):
            yield node.lineno


def catches_everything_in_run_only(module: Module) -> Iterator[int]:
    """A broad `except` stands in hub/run only, where a bug is retried and then quarantined."""
    if not module.is_in(*HUB_PACKAGES) or module.is_in("hub/run"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            yield node.lineno


def has_a_name_of_its_own(module: Module) -> Iterator[int]:
    """No folder and no module is named after nothing in particular."""
    names = {*module.path.parts[:-1], module.path.stem}
    if names & _FORBIDDEN_NAMES:
        yield 1


def never_skips_a_test(module: Module) -> Iterator[int]:
    """A test runs or fails; it is never skipped or expected to fail."""
    if not module.is_in("tests"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in _SKIPPING and _root_name(node) in {"pytest", "unittest"}:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module in {"pytest", "unittest"}:
            yield from (node.lineno for alias in node.names if alias.name in _SKIPPING)


def mocks_nothing(module: Module) -> Iterator[int]:
    """Tests use the real thing or a twin, never a mock."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            imported = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        else:
            continue
        if any(name == "mock" or name.startswith(("unittest.mock", "pytest_mock")) for name in imported):
            yield node.lineno


def leaves_nothing_over(module: Module) -> Iterator[int]:
    """No reminder of unfinished work, no stub."""
    for number, comment in _comments(module):
        if _LEFT_OVER.search(comment):
            yield number
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield node.lineno


def justifies_exemptions(module: Module) -> Iterator[int]:
    """An exemption from the linter or the type checker, and a bare `Any`, has its reason on the line."""
    comments = dict(_comments(module))
    for number, comment in comments.items():
        found = _EXEMPTION.search(comment)
        if found is not None and len(found["reason"].strip(" -#")) < _REASON_CHARACTERS:
            yield number
    inside = {
        id(each) for node in ast.walk(module.tree) if isinstance(node, ast.Subscript) for each in ast.walk(node.slice)
    }
    for node in ast.walk(module.tree):
        bare = isinstance(node, ast.Name) and node.id == "Any" and id(node) not in inside
        cast = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast"
        if isinstance(node, ast.expr) and (bare or cast) and node.lineno not in comments:
            yield node.lineno


RULES: tuple[Rule, ...] = (
    says_what_lives_there,
    holds_one_idea,
    takes_time_as_an_argument,
    reads_settings_from_one_place,
    prints_at_the_edge_only,
    commits_in_one_place,
    names_log_events_constantly,
    catches_everything_in_run_only,
    has_a_name_of_its_own,
    never_skips_a_test,
    mocks_nothing,
    leaves_nothing_over,
    justifies_exemptions,
)


def _comments(module: Module) -> Iterator[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(module.source).readline)
    return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_")
        case _:
            return ""


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(each) for each in caught.elts)
    return caught is None or _last_name(caught) in {"Exception", "BaseException"}
