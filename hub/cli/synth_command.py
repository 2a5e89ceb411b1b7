"""`hub synth`: writes the synthetic region as the files and deliveries that each agency would send."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.output import AsJson, console, print_json, progress_bar
from hub.synth.region import generate


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("synth")(synth)


def synth(
    out: Annotated[Path, typer.Option(help="Folder to write into; what is there is replaced.")],
    participants: Annotated[int, typer.Option(min=1, max=11_000, help="How many persons.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    *,
    as_json: AsJson = False,
) -> None:
    """Invent a region: people, agencies, eighteen months of events, dirt, and the truth about it."""
    with progress_bar(quiet=as_json) as bar:
        task = bar.add_task("inventing people", total=participants)
        truth = generate(participants, seed, out, lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        print_json(
            {
                "out": out.as_posix(),
                **{name: truth.document[name] for name in ("participants", "deliveries", "expected")},
            }
        )
        return
    expected = truth.document["expected"]
    console.print(
        f"{truth.document['deliveries']} deliveries about {truth.document['participants']} persons in {out}: "
        + ", ".join(f"{expected[name]} {name}" for name in ("accepted", "duplicates", "held", "rejected"))
    )
    console.print(f"Send them with: hub demo --participants {participants} --seed {seed}")
