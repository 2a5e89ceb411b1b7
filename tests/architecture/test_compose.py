"""docker-compose.yml fits the hub: known settings, pinned images, health that is asked for."""

import re

from hub.settings import Settings
from tests.architecture.compose import ours, services
from tests.architecture.repository import ROOT


def test_every_variable_that_it_sets_is_a_setting() -> None:
    known = {f"HUB_{name.upper()}" for name in Settings.model_fields}
    assert {name for service in ours().values() for name in service["environment"]} <= known


def test_images_are_pinned_to_a_version() -> None:
    images = [service["image"] for service in services().values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [image for image in images if not re.fullmatch(r"(?:[a-z]+/)?[a-z]+:\d+\.\d+[\w.-]*", image)] == []


def test_what_stays_up_has_a_health_check_and_what_waits_waits_for_health() -> None:
    waited_for = {
        (name, condition["condition"])
        for service in services().values()
        for name, condition in service.get("depends_on", {}).items()
    }
    assert waited_for == {
        *((name, "service_healthy") for name in ("postgres", "kafka", "hub")),
        *((name, "service_completed_successfully") for name in ("migrate", "topics")),
    }
    assert {name for name, service in services().items() if "healthcheck" in service} == {"postgres", "kafka", "hub"}


def test_kafka_and_the_workers_are_in_the_profile_of_the_cluster_alone() -> None:
    profiled = {name for name, service in services().items() if service.get("profiles") == ["cluster"]}
    workers = {f"{kind}-{number}" for kind in ("intake", "projections") for number in (1, 2)}
    assert profiled == {"kafka", "topics", *workers}
    assert {services()[name]["restart"] for name in workers} == {"unless-stopped"}


def test_only_the_hub_is_published_and_only_to_this_machine() -> None:
    assert {name: service["ports"] for name, service in services().items() if "ports" in service} == {
        "hub": ["127.0.0.1:8080:8080"]
    }
