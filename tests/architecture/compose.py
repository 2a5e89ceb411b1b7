"""docker-compose.yml as the tests read it: services with their variables filled in from the defaults."""

import re
from typing import Any

import yaml

from tests.architecture.repository import ROOT

_VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")

Service = dict[str, Any]


def services() -> dict[str, Service]:
    """The services by name, in the order of the file."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    described: dict[str, Service] = yaml.safe_load(_VARIABLE.sub(r"\1", text))["services"]
    return described


def ours() -> dict[str, Service]:
    """Those that run the hub's own image."""
    return {name: service for name, service in services().items() if "build" in service}


def of_the_cluster() -> dict[str, Service]:
    """Those of them that only a cluster has."""
    return {name: service for name, service in ours().items() if "profiles" in service}
