"""``loyalty migrate``, ``seed``, ``openapi`` and ``docs``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from admin import reference
from admin.app import create_app
from admin.demo.seed import seed_shop
from admin.migrate import upgrade
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.web.api import description


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_obj
def migrate(runtime: Runtime, *, as_json: bool) -> None:
    """Bring the database to the schema that this version needs. Running it again is harmless."""
    done = upgrade(runtime.database)
    if as_json:
        click.echo(json.dumps({"applied": done}))
    elif done:
        click.echo(f"Applied {', '.join(done)}.")
    else:
        click.echo("The schema is up to date.")


@click.command()
@click.pass_obj
def seed(runtime: Runtime) -> None:
    """Fill an empty database with the demo grocer: stores, tills, articles, members, receipts."""
    seed_shop(runtime)


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="File to write; else printed.")
def openapi(output: Path | None) -> None:
    """Print the API's description, OpenAPI 3.1. Needs no database."""
    text = openapi_text()
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("docs/reference"),
    show_default=True,
    help="Where the reference lies.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is not up to date.")
def docs(folder: Path, *, check: bool) -> None:
    """Write the generated reference: settings, jobs, refusals, commands, API."""
    stale = {
        path: text
        for name, text in generated_pages().items()
        if not (path := folder / name).exists() or path.read_text(encoding="utf-8") != text
    }
    if check and stale:
        names = ", ".join(path.name for path in stale)
        message = f"Not up to date: {names}. Write them again: loyalty docs"
        raise click.ClickException(message)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {path}")


def generated_pages() -> dict[str, str]:
    """Return every generated page of the reference by its file name."""
    return reference.pages() | {"openapi.json": openapi_text()}


def openapi_text() -> str:
    """Return the API's description as JSON, one fact a line, the same every time."""
    app = create_app(open_runtime(Settings(mode=Mode.TEST)))
    with app.app_context():
        return json.dumps(description(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
