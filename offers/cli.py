"""``loyalty offers ...``: check and launch offers from files, list them, rank members' lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import yaml

from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from offers.commands import draft_offer, end_offer, launch_offer
from offers.errors import OfferRefused
from offers.jobs import rank_everybody
from offers.queries import list_offers, preview_cost
from offers.values import OfferId, OfferState


@click.group()
def offers() -> None:
    """Draft, launch and end offers; rank members' lists."""


@offers.command("list")
@click.option("--state", type=click.Choice([state.value for state in OfferState]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(runtime: Runtime, state: str | None, *, as_json: bool) -> None:
    """List offers, the newest first."""
    after = None
    while True:
        with runtime.database.look(actor="cli:offers") as tx:
            wanted = OfferState(state) if state else None
            page = list_offers(tx, language="en", state=wanted, after=after, limit=200)
        for one in page.items:
            facts = {"id": one.offer_id, "state": one.state.value, "slug": one.slug}
            shown = json.dumps({**facts, "version": one.version, "value": one.value})
            line = f"{one.offer_id}  {one.state.value:5}  {one.value:14} {one.slug} v{one.version}"
            click.echo(shown if as_json else line)
        after = page.after
        if after is None:
            return


@offers.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def preview(runtime: Runtime, file: Path) -> None:
    """Say what the offer in FILE (YAML or JSON) would have cost in the last 30 days."""
    with _told(), runtime.database.look(actor="cli:offers") as tx:
        found = preview_cost(tx, document=_read(file))
    click.echo(
        f"{found.baskets} of {found.baskets_looked_at} baskets, {found.members} members, "
        f"{found.discount_minor} minor units, {found.points} points"
    )


@offers.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def launch(runtime: Runtime, files: tuple[Path, ...]) -> None:
    """Draft and launch the offers in FILES (YAML or JSON, several documents a file)."""
    for file in files:
        for document in _documents(file):
            with _told(), runtime.database.begin(actor="cli:offers") as tx:
                drafted = draft_offer(tx, document=document)
                launch_offer(tx, offer_id=drafted.offer_id)
            click.echo(f"{drafted.offer_id}  {drafted.slug} v{drafted.version} is live")


@offers.command()
@click.argument("offer_id")
@click.option("--reason", default="", help="Why, for the audit trail.")
@click.pass_obj
def end(runtime: Runtime, offer_id: str, reason: str) -> None:
    """End a live offer, or put a draft aside."""
    with _told(), runtime.database.begin(actor="cli:offers") as tx:
        ended = end_offer(tx, offer_id=OfferId(offer_id), reason=reason)
    click.echo(f"{ended.slug} has ended" if ended.changed else f"{ended.slug} had ended before")


@offers.command()
@click.pass_obj
def rank(runtime: Runtime) -> None:
    """Rank every member's offers now."""
    done = rank_everybody(runtime, progress=lambda n: click.echo(f"\r{n} members", nl=False))
    click.echo(f"\r{done} members ranked")


@contextmanager
def _told() -> Iterator[None]:
    """Turn a refusal into a line for the terminal, with every fault of a document."""
    try:
        yield
    except OfferRefused as refused:
        lines = [f"  {one['path']}: {one['problem']}" for one in refused.faults]
        raise click.ClickException("\n".join([str(refused), *lines])) from refused
    except Problem as refused:
        raise click.ClickException(str(refused)) from refused


def _read(file: Path) -> Any:
    documents = _documents(file)
    if len(documents) != 1:
        raise click.ClickException(f"{file} holds {len(documents)} offers; give one")
    return documents[0]


def _documents(file: Path) -> list[Any]:
    """Return the documents of a file; JSON is YAML too."""
    try:
        return [one for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from error
