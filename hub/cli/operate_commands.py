"""`hub status`, `hub rebuild` and `hub verify`: what an operator asks at 03:00."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import TaskID

from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, errors, print_json, print_table, progress_bar
from hub.cli.stream_tables import look_at_streams, print_streams, streams_json
from hub.run.models import MODELS
from hub.run.rebuild import Compared, rebuild, rebuild_participant, verify
from hub.run.status import HubState, state
from hub.settings import load
from schemas.days import STOCKHOLM
from schemas.vocabulary import SOURCE_URN, ParticipantId

_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("rebuild")(rebuild_command)
    app.command("verify")(verify_command)


def status(*, as_json: AsJson = False) -> None:
    """Read models and their lag, the quarantine, how complete each source is, and of a cluster its workers."""
    with open_hub(load()) as hub:
        found = state(hub)
        streams = look_at_streams(hub)
    if as_json:
        print_json(_status_json(found) | streams_json(streams))
        return
    print_table(
        "Read models",
        ("name", "version", "position", "log", "lag", "last advance"),
        [
            (
                each.name,
                each.version,
                each.position,
                each.log_position,
                each.lag_events,
                f"{each.seconds_since_advance:.1f} s ago",
            )
            for each in found.projections
        ],
        "No read model yet: nothing was projected.",
    )
    console.print(f"Quarantine: {found.rejected} rejected, {found.held} held, {found.parked} participants parked.")
    if found.held_too_long:
        console.print(
            f"[bold red]{found.held_too_long} events are held for too long.[/] See: hub quarantine list --state held"
        )
    one_each = len({each.agency for each in found.sources}) == len(found.sources)
    print_table(
        "Sources",
        ("source", "state", "complete to", "missing", "held", "rejected"),
        [
            (
                each.agency if one_each else each.source.removeprefix(SOURCE_URN),
                each.answer.state,
                None
                if each.answer.complete_to is None
                else f"{each.answer.complete_to.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}",
                ", ".join(str(number) for number in each.answer.missing_sequences[:_SHOWN]),
                each.answer.held,
                each.answer.rejected,
            )
            for each in found.sources
        ],
        "No source is registered.",
    )
    print_streams(streams)


def rebuild_command(
    projection: str,
    participant: Annotated[UUID | None, typer.Option(help="Only this participant.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Build a read model anew beside the served one, compare, switch; or one participant in place."""
    if projection not in MODELS:
        errors.print(f"Expected one of {', '.join(MODELS)}, found {projection}.")
        raise typer.Exit(1)
    model = MODELS[projection]
    with open_hub(load()) as hub:
        if participant is not None:
            events = rebuild_participant(hub, model, ParticipantId(participant))
            if as_json:
                print_json({"projection": projection, "participant": participant, "events": events})
            else:
                console.print(f"Folded {events} events of one participant anew.")
            return
        with progress_bar(quiet=as_json) as bar:
            task = bar.add_task(f"rebuild {projection}", total=None)
            compared = rebuild(hub, model, lambda done, total: bar.update(task, completed=done, total=total))
    _tell([compared], as_json=as_json, done="switched to the rebuilt version")


def verify_command(*, as_json: AsJson = False) -> None:
    """Compare every read model with a rebuild from position 0; exit 1 when one differs, naming the participants."""
    with open_hub(load()) as hub, progress_bar(quiet=as_json) as bar:
        results = []
        for name, model in MODELS.items():
            task = bar.add_task(f"verify {name}", total=None)

            def shown(done: int, total: int, task: TaskID = task) -> None:
                bar.update(task, completed=done, total=total)

            results.append(verify(hub, model, shown))
    _tell(results, as_json=as_json, done="equal to a rebuild")
    if not all(compared.equal for compared in results):
        raise typer.Exit(1)


def _tell(results: list[Compared], *, as_json: bool, done: str) -> None:
    if as_json:
        print_json(
            [
                {
                    "projection": compared.projection,
                    "equal": compared.equal,
                    "rows": compared.live.rows,
                    "digest": compared.live.digest,
                    "portable_digest": compared.live.portable_digest,
                    "participants": compared.participants,
                }
                for compared in results
            ]
        )
        return
    for compared in results:
        if compared.equal:
            console.print(f"[green]{compared.projection}: {done}[/], {compared.live.rows} rows")
            console.print(
                f"  digest          {compared.live.digest}\n  portable digest {compared.live.portable_digest}"
            )
            continue
        console.print(f"[bold red]{compared.projection}: the served rows differed from the log[/] for:")
        for participant in compared.participants:
            console.print(f"  {participant}")
        console.print(f"Mend one with: hub rebuild {compared.projection} --participant ID")


def _status_json(found: HubState) -> dict[str, object]:
    return {
        "projections": [asdict(each) for each in found.projections],
        "quarantine": {"rejected": found.rejected, "held": found.held, "parked": found.parked},
        "held_too_long": found.held_too_long,
        "sources": [
            {
                "agency": each.agency,
                "source": each.source,
                "state": each.answer.state,
                "complete_to": each.answer.complete_to,
                "missing_sequences": each.answer.missing_sequences,
                "held": each.answer.held,
                "rejected": each.answer.rejected,
            }
            for each in found.sources
        ],
    }
