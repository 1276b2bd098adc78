"""``loyalty campaigns ...``: look at campaigns, send what is due, take in a STOP."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from campaigns.commands import record_stop
from campaigns.jobs import dispatch_due, plan_and_freeze, recover
from campaigns.queries import campaign_detail, campaign_results, list_campaigns
from campaigns.values import CampaignId, CampaignState
from loyalty.kernel.runtime import Runtime

ACTOR = "cli:campaigns"


@click.group()
def campaigns() -> None:
    """Look at campaigns, send what is due, take in answers."""


@campaigns.command("list")
@click.option("--state", type=click.Choice([state.value for state in CampaignState]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(runtime: Runtime, state: str | None, *, as_json: bool) -> None:
    """List campaigns, the newest first."""
    after = None
    while True:
        with runtime.database.look(actor=ACTOR) as tx:
            wanted = CampaignState(state) if state else None
            page = list_campaigns(tx, state=wanted, after=after, limit=200)
        for one in page.items:
            due = one.due_at.isoformat() if one.due_at else ""
            facts = {"id": one.campaign_id, "state": one.state.value, "name": one.name}
            shown = json.dumps({**facts, "due_at": due or None, "audience": one.audience})
            line = f"{one.campaign_id}  {one.state.value:9}  {one.audience:8}  {one.name}"
            click.echo(shown if as_json else line)
        after = page.after
        if after is None:
            return


@campaigns.command()
@click.argument("campaign_id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def results(runtime: Runtime, campaign_id: str, *, as_json: bool) -> None:
    """Show what became of a campaign's audience, channel by channel."""
    with runtime.database.look(actor=ACTOR) as tx:
        campaign_detail(tx, CampaignId(campaign_id))
        found = campaign_results(tx, CampaignId(campaign_id))
    for one in found:
        if as_json:
            click.echo(json.dumps(asdict(one)))
            continue
        click.echo(
            f"{one.channel}: {one.audience} = {one.sent} sent + {one.skipped} skipped "
            f"+ {one.failed} failed + {one.pending} pending"
        )
        for reason, count in sorted({**one.skipped_by, **one.failed_by}.items()):
            click.echo(f"  {count:8}  {reason}")


@campaigns.command("send-due")
@click.pass_obj
def send_due(runtime: Runtime) -> None:
    """Plan, send and recover once, as the worker does all the time. Safe beside a worker."""
    for job in (plan_and_freeze, dispatch_due, recover):
        click.echo(job(runtime))


@campaigns.command()
@click.argument("phone")
@click.argument("text", default="STOP")
@click.pass_obj
def stop(runtime: Runtime, phone: str, text: str) -> None:
    """Take in an SMS from PHONE (in E.164) that says TEXT, as the gateway would hand it over."""
    with runtime.database.begin(actor=ACTOR) as tx:
        receipt = record_stop(
            tx,
            keys=runtime.keys,
            phone=phone,
            text=text,
            brand=runtime.settings.brand,
            source="cli",
        )
    whom = receipt.member_id or "nobody we know"
    click.echo(f"{receipt.wish.value}: {whom}")
