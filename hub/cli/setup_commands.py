"""`hub db upgrade`, `hub settings`, `hub token` and `hub schema export`: what is set up once."""

from pathlib import Path
from typing import Annotated

import typer

from hub.access.tokens import mint
from hub.bootstrap import need_store, now, open_store
from hub.cli.output import AsJson, console, errors, print_json, print_table
from hub.settings import load, shown
from hub.store.migrate import upgrade
from schemas.export import render

database = typer.Typer(help="The database schema.", no_args_is_help=True)
contract = typer.Typer(help="The contract as JSON Schema and AsyncAPI.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(database, name="db")
    app.add_typer(contract, name="schema")
    app.command("settings")(settings)
    app.command("token")(token)


@database.command("upgrade")
def db_upgrade(*, as_json: AsJson = False) -> None:
    """Bring the database to the schema of this release."""
    with open_store(load(), create=True) as store:
        revision = upgrade(store.owner)
    if as_json:
        print_json({"revision": revision})
    else:
        console.print(f"The database is at revision {revision}.")


@contract.command("export")
def schema_export(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the committed files; exit 1 when they differ.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write schemas/json and the generated documents, or compare them with what the models say."""
    root = Path(__file__).parents[2]
    rendered = render()
    differ = [
        path
        for path, text in rendered.items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]
    if not check:
        for path in differ:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(rendered[path], encoding="utf-8")
    if as_json:
        print_json({"files": len(rendered), "differ": differ, "written": not check})
    elif differ:
        print_table("Differ" if check else "Written", ("file",), [(path,) for path in differ], "")
    else:
        console.print(f"All {len(rendered)} generated files are as the models say.")
    if check and differ:
        raise typer.Exit(1)


def settings(*, as_json: AsJson = False) -> None:
    """The settings in force, secrets hidden."""
    values = shown(load())
    if as_json:
        print_json(values)
    else:
        print_table("Settings (HUB_ in the environment)", ("setting", "value"), list(values.items()), "")


def token(
    agency: Annotated[str, typer.Option(help="Code of the agency.")],
    scope: Annotated[list[str], typer.Option(help="events:write receipts:read timeline:read plan:read operate")],
    unit: Annotated[str | None, typer.Option(help="The caseworker's unit.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """A token for development, valid for a day; refused in production."""
    settings = load()
    need_store(settings)  # elsewhere it would be signed by a key that no hub knows
    minted = mint(settings, agency, scope, unit, now=now())
    if as_json:
        print_json({"token": minted})
    else:
        errors.print(f"Token of {agency} for development, valid for a day:")
        typer.echo(minted)
