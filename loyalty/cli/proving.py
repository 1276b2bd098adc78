"""``loyalty ledger proof|seals``: what can be checked without trusting us."""

from __future__ import annotations

import json
import sys

import click

from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from loyalty.queries import member_proof, seal_days
from loyalty.values import MemberId


@click.command("proof")
@click.argument("member_id")
@click.pass_obj
def proof_command(runtime: Runtime, /, *, member_id: str) -> None:
    """Write a member's ledger with its seals as JSON; ``check_my_points.py`` checks it.

    It holds nothing of anybody else.
    """
    try:
        with runtime.database.look(actor="cli:proof") as tx:
            found = member_proof(tx, MemberId(member_id))
    except Problem as problem:
        click.echo(problem.detail, err=True)
        sys.exit(1)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@click.command("seals")
@click.pass_obj
def seals_command(runtime: Runtime, /) -> None:
    """Write the sealed days as JSON, to be published where nobody can change them later."""
    with runtime.database.look(actor="cli:seals") as tx:
        click.echo(json.dumps(seal_days(tx), indent=1))
