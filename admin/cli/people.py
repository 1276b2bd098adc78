"""``loyalty staff``: who works with the programme."""

from __future__ import annotations

import json

import click

from loyalty.kernel.access.people import all_staff, let_go_staff, take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.runtime import Runtime


@click.group()
def staff() -> None:
    """See and change who works with the programme."""


@staff.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--email", help="Needed to sign in to the back office.")
@click.option("--store", "store_id", help="Limits a cashier or manager to one store.")
@click.option("--pin", help="Six digits or more, for the till.")
@click.pass_obj
def add(runtime: Runtime, /, name: str, role: str, **given: str | None) -> None:
    """Take NAME on. With --email a password is asked for, twice, and not shown."""
    password = None
    if given["email"]:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with runtime.database.begin(actor="cli:staff") as tx:
        taken = take_on_staff(
            tx,
            name=name,
            role=Role(role),
            email=given["email"],
            password=password,
            pin=given["pin"],
            store_id=given["store_id"],
        )
    click.echo(f"{taken.name} is on the staff as {taken.role.value} ({taken.staff_id}).")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_obj
def list_staff(runtime: Runtime, *, as_json: bool) -> None:
    """Show everybody, those who left included."""
    with runtime.database.look(actor="cli:staff") as tx:
        people = all_staff(tx)
    if as_json:
        rows = [
            {"staff_id": one.staff_id, "name": one.name, "role": one.role, "state": one.state}
            for one in people
        ]
        click.echo(json.dumps(rows))
        return
    for one in people:
        click.echo(f"{one.staff_id}  {one.name:<28} {one.role.value:<14} {one.state.value}")


@staff.command()
@click.argument("staff_id")
@click.pass_obj
def leave(runtime: Runtime, staff_id: str) -> None:
    """End the access of STAFF_ID everywhere, now."""
    with runtime.database.begin(actor="cli:staff") as tx:
        let_go_staff(tx, staff_id=staff_id)
    click.echo("Access has ended.")
