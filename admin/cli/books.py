"""``loyalty verify``, ``jobs`` and ``secret``."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from admin.cli.serving import demand_schema
from admin.worker import all_jobs
from loyalty.kernel.audit import first_broken_entry
from loyalty.kernel.batches import Progress, progress_of_jobs
from loyalty.kernel.jobs import Job, More, job_outcomes, run_job
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import random_token
from loyalty.queries import verify_together


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.option("--processes", type=click.IntRange(1, 64), help="By default, the books decide.")
@click.pass_obj
def verify(runtime: Runtime, *, as_json: bool, processes: int | None) -> None:
    """Prove the books: balances, lots, holds, tiers, vouchers and hash chains.

    Changes nothing. Exits with status 1 when something does not add up, and names the first row.
    """
    demand_schema(runtime)
    found = verify_together(runtime.database, processes=processes)
    findings = [{"rule": one.rule, "row": one.row, "detail": one.detail} for one in found]
    with runtime.database.look(actor="cli:verify") as tx:
        broken = first_broken_entry(tx)
    if broken is not None:
        findings.append({"rule": "audit-chain", "row": str(broken), "detail": "hash differs"})
    if as_json:
        click.echo(json.dumps({"sound": not findings, "findings": findings}))
    else:
        for one in findings:
            click.echo(f"{one['rule']}: {one['row']}: {one['detail']}")
        click.echo("The books do not add up." if findings else "The books add up.")
    sys.exit(1 if findings else 0)


@click.group()
def jobs() -> None:
    """See and run the work that returns."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_obj
def list_jobs(runtime: Runtime, *, as_json: bool) -> None:
    """Show every job, when it last ran and how it ended."""
    demand_schema(runtime)
    with runtime.database.look(actor="cli:jobs") as tx:
        outcomes, progress = job_outcomes(tx), progress_of_jobs(tx)
    rows = []
    for job in all_jobs():
        last = outcomes.get(job.name)
        finished = last.finished_at.isoformat() if last and last.finished_at else None
        rows.append(
            {
                "name": job.name,
                "every_seconds": job.every_seconds,
                "finished_at": finished,
                "outcome": last.outcome if last else "",
                "doc": job.doc,
                "progress": _facts(progress.get(job.name)),
            }
        )
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['name']:<28} every {row['every_seconds']:>5} s  {row['outcome']}")
        if (running := progress.get(str(row["name"]))) and running.finished_at is None:
            click.echo(f"{'':<28} {_said(running)}")


@jobs.command("run")
@click.argument("name")
@click.pass_obj
def run_one(runtime: Runtime, name: str) -> None:
    """Run one job now, to its end, unless another process is running it.

    What works in steps tells how far it is. Stopped in the middle, the next run goes on there.
    """
    demand_schema(runtime)
    for job in all_jobs():
        if job.name == name:
            click.echo(_to_the_end(runtime, job) or "Somebody else is running it.")
            return
    known = ", ".join(job.name for job in all_jobs())
    raise click.ClickException(f"There is no job {name!r}. There are: {known}.")


def _to_the_end(runtime: Runtime, job: Job) -> str | None:
    """Run a job again for as long as it says that there is more to do."""
    while isinstance(outcome := run_job(runtime, job, holder="cli"), More):
        with runtime.database.look(actor="cli:jobs") as tx:
            running = progress_of_jobs(tx).get(job.name)
        click.echo(_said(running) if running else outcome, err=True)
    return outcome


def _facts(progress: Progress | None) -> dict[str, Any] | None:
    """Return the progress of a job that works in steps, for machines."""
    if progress is None:
        return None
    return {
        "subject": progress.subject,
        "done": progress.done,
        "total": progress.total,
        "changed": progress.moved,
        "per_second": progress.per_second,
        "seconds_left": progress.seconds_left,
        "finished_at": progress.finished_at.isoformat() if progress.finished_at else None,
    }


def _said(running: Progress) -> str:
    """Say how far a job is, how fast it goes, and how long it will take."""
    left = running.seconds_left
    wait = "" if left is None else f", {left // 60} min {left % 60} s to go"
    return (
        f"{running.done:,} of {running.total:,} ({running.percent} %), "
        f"{running.per_second:,} a second{wait}"
    )


@click.command()
def secret() -> None:
    """Print a fresh SECRET_KEY."""
    click.echo(random_token(48))
