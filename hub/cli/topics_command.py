"""`hub topics`: the topics and permissions of the hub's Kafka, by code: what differs, and mending it."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.bootstrap import open_hub
from hub.cli.account import account
from hub.cli.output import AsJson, console, print_json, print_table
from hub.run.partitioned import give_back
from hub.settings import Settings, load
from hub.store.register import agencies
from hub.streams.plan import Difference, Layout, Mend, differences
from schemas.errors import Misconfigured
from schemas.topics import events_topic

topics = typer.Typer(help="Kafka topics and permissions: compare and apply.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(topics, name="topics")


@topics.command("check")
def topics_check(*, as_json: AsJson = False) -> None:
    """Everything in which the topics and permissions differ from the register and the settings; exits 1 when any does."""
    from hub.streams.admin import open_admin, read_layout  # noqa: PLC0415 - an import that only this command should wait for

    settings = kafka_settings()
    wanted = _wanted(settings)
    with open_admin(settings) as admin:
        found = read_layout(admin, settings, wanted)
    _tell(wanted, found, [], differences(wanted, found), as_json=as_json)


@topics.command("apply")
def topics_apply(*, as_json: AsJson = False) -> None:
    """Make what is missing and set what differs; doing it again does nothing. Exits 1 when something is left to do by hand."""
    from hub.streams.admin import mend, open_admin, read_layout  # noqa: PLC0415 - the same

    settings = kafka_settings()
    wanted = _wanted(settings)
    with open_admin(settings) as admin:
        before = differences(wanted, read_layout(admin, settings, wanted))
        found = mend(admin, settings, wanted, before)
    left = differences(wanted, found)
    done = [each for each in before if each.mend is not Mend.NOTHING and each not in left]
    _tell(wanted, found, done, left, as_json=as_json)


@topics.command("leave")
def topics_leave() -> None:
    """Let one process project again instead of the cluster's workers. Stop them first; nothing is lost, nothing done twice."""
    with open_hub(load()) as hub:
        give_back(hub)
    console.print("One process projects from now on: hub serve, without HUB_KAFKA_BOOTSTRAP_SERVERS.")


@topics.command("go-on")
def topics_go_on(
    agency: Annotated[str, typer.Argument(help="Code of the agency from whose topic unread records are gone.")],
    reason: Annotated[str, typer.Option(help="Why, for the log.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Read an agency's topic from what it still holds, after its worker has ended with 72; ask the agency to send the rest again."""
    from hub.run.stream_repair import go_on  # noqa: PLC0415 - the same

    with open_hub(kafka_settings()) as hub:
        moved = go_on(hub, events_topic(agency), account(), reason)
    if as_json:
        print_json(
            [{"partition": each.partition.part, "expected": each.expected, "found": each.found} for each in moved]
        )
        return
    print_table(
        "Moved",
        ("partition", "expected", "goes on at"),
        [(each.partition.part, each.expected, each.found) for each in moved],
        f"Every partition of {events_topic(agency)} holds what is to be read next; nothing was moved.",
    )


def kafka_settings() -> Settings:
    """The settings, of a hub that has Kafka."""
    settings = load()
    if settings.kafka_bootstrap_servers is None:
        message = "HUB_KAFKA_BOOTSTRAP_SERVERS: expected HOST:PORT of the Kafka brokers, found none; set it"
        raise Misconfigured(message)
    return settings


def _wanted(settings: Settings) -> Layout:
    from hub.streams.admin import layout_of  # noqa: PLC0415 - the same

    with open_hub(settings) as hub, hub.database.transaction() as connection:
        codes = [agency.code for agency in agencies(connection)]
    return layout_of(settings, codes)


def _tell(
    wanted: Layout, found: Layout, done: Sequence[Difference], left: Sequence[Difference], *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "topics": len(wanted.topics),
                "permissions": None if found.grants is None else len(wanted.grants or ()),
                "done": [_document(each) for each in done],
                "differences": [_document(each) for each in left],
            }
        )
    else:
        for each in done:
            console.print(f"{each.name}: {each.expected}")
        print_table(
            "Differences",
            ("what", "expected", "found", "what to do"),
            [(each.name, each.expected, each.found, each.action) for each in left],
            f"{len(wanted.topics)} topics are as they should be.",
        )
        if found.grants is None:
            console.print("This broker asks nobody who they are: every program that reaches it may read everything.")
    if left:
        raise typer.Exit(1)


def _document(each: Difference) -> dict[str, str]:
    return {"name": each.name, "expected": each.expected, "found": each.found, "action": each.action}
