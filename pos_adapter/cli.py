"""`loyalty tills`: enrol, list, suspend."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from loyalty.kernel.access.terminals import (
    enrol_terminal,
    invite_terminal,
    renew_invitation,
    suspend_terminal,
    terminal_key,
    terminals,
)
from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from loyalty.queries import store as find_store
from loyalty.values import StoreId

ACTOR = "cli:tills"
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


@click.group()
def tills() -> None:
    """Enrol, list and suspend tills."""


@tills.command("list")
@as_json
@click.pass_obj
def list_tills(runtime: Runtime, *, as_json: bool) -> None:
    """List every till, by store and name."""
    with runtime.database.look() as tx:
        rows = terminals(tx)
    if as_json:
        click.echo(json.dumps([{**asdict(row), "state": row.state.value} for row in rows]))
        return
    for row in rows:
        click.echo(f"{row.store_id:<20} {row.till:<12} {row.state.value:<10} {row.terminal_id}")
    if not rows:
        click.echo("No till yet: loyalty tills enrol STORE TILL")


@tills.command()
@click.argument("store")
@click.argument("till")
@click.option("--key", "with_key", is_flag=True, help="Enrol a signing till now: print its key.")
@as_json
@click.pass_obj
def enrol(runtime: Runtime, store: str, till: str, *, with_key: bool, as_json: bool) -> None:
    """Create TILL in STORE and print the code that enrols its device, or its signing key.

    The code works once, for 15 minutes, on the page /till/enrol. For a till that exists already a
    new code is made: its sessions and its old key end now.
    """
    with runtime.database.begin(actor=ACTOR) as tx:
        known = [row for row in terminals(tx) if (row.store_id, row.till) == (store, till)]
        try:
            find_store(tx, StoreId(store))
            invited = (
                renew_invitation(tx, terminal_id=known[0].terminal_id)
                if known
                else invite_terminal(tx, store_id=store, till=till)
            )
        except Problem as problem:
            raise click.ClickException(problem.detail) from problem
        answer = {"terminal_id": invited.terminal_id, "store_id": store, "till": till}
        if with_key:
            enrol_terminal(tx, code=invited.code)
            key = terminal_key(tx, runtime.keys, terminal_id=invited.terminal_id)
            answer |= {"key_id": key.key_id, "secret": key.secret}
        else:
            answer |= {"code": invited.code}
    if as_json:
        click.echo(json.dumps(answer))
    else:
        for name, value in answer.items():
            click.echo(f"{name:<12} {value}")


@tills.command()
@click.argument("store")
@click.argument("till")
@click.pass_obj
def suspend(runtime: Runtime, store: str, till: str) -> None:
    """Refuse everything that TILL of STORE sends, from now on. Repeating changes nothing."""
    with runtime.database.begin(actor=ACTOR) as tx:
        known = [row for row in terminals(tx) if (row.store_id, row.till) == (store, till)]
        if not known:
            raise click.ClickException(f"Store {store} has no till {till}.")
        suspend_terminal(tx, terminal_id=known[0].terminal_id)
    click.echo(f"{store} / {till} is suspended. `loyalty tills enrol {store} {till}` lifts it.")
