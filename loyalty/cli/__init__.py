"""``loyalty members|cards|ledger|programme``: the ledger from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from loyalty.cli.owed import liability_command
from loyalty.cli.proving import proof_command, seals_command
from loyalty.cli.trying import what_if_command
from loyalty.commands import (
    block_card,
    enrol_member,
    publish_preset,
    replace_card,
)
from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from loyalty.presets import PRESETS, preset_text
from loyalty.queries import (
    RULES,
    card_holder,
    card_png,
    card_svg,
    find_members,
    member_card,
    programme_versions,
    statement,
    tier_progress,
    verify_together,
)
from loyalty.values import CardId, Channel, Identity, MemberId

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print for machines.")
PROCESSES = click.option(
    "--processes", type=click.IntRange(1, 64), help="By default, the books decide."
)


@click.group()
def members() -> None:
    """Enrol and find members."""


@members.command("enrol")
@click.option("--given-name", required=True)
@click.option("--family-name", default="")
@click.option("--email")
@click.option("--phone")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--source", help="Your key: the same one again enrols nobody twice.")
@AS_JSON
@click.pass_obj
def enrol(runtime: Runtime, /, *, as_json: bool, language: str, source: str, **facts: Any) -> None:
    """Enrol a member and print the letters of her card."""
    with _told(), runtime.database.begin(actor="cli:members") as tx:
        done = enrol_member(
            tx,
            keys=runtime.keys,
            identity=Identity(**facts),
            channel=Channel.STORE,
            language=language,
            source=source,
        )
    _print(
        {"member_id": done.member_id, "card_id": done.card_id, "code": done.code},
        f"{done.member_id}  {done.code}",
        as_json=as_json,
    )


@members.command("find")
@click.argument("text")
@AS_JSON
@click.pass_obj
def find(runtime: Runtime, text: str, *, as_json: bool) -> None:
    """Find members by card code, e-mail address, telephone number or the beginning of a name."""
    after = None
    while True:
        with _told(), runtime.database.look(actor="cli:members") as tx:
            page = find_members(tx, text, keys=runtime.keys, after=after, limit=200)
        for one in page.items:
            facts = {"member_id": one.member_id, "name": one.display_name, "level": one.level}
            _print(facts, f"{one.member_id}  {one.level:<10} {one.display_name}", as_json=as_json)
        if after is None and not page.items:
            click.echo("Nobody is found by that.", err=True)
        after = page.after
        if after is None:
            return


@click.group()
def cards() -> None:
    """Look up, draw, block and replace cards."""


@cards.command("holder")
@click.argument("code")
@AS_JSON
@click.pass_obj
def holder(runtime: Runtime, code: str, *, as_json: bool) -> None:
    """Print who holds the card with these letters, as a till would see it."""
    with _told(), runtime.database.look(actor="cli:cards") as tx:
        found = card_holder(tx, code, keys=runtime.keys)
    facts = {"member_id": found.member_id, "level": found.level, "balance": found.balance}
    text = f"{found.member_id}  {found.display_name}  {found.level}  {found.balance} points"
    _print(facts, text, as_json=as_json)


@cards.command("draw")
@click.argument("member_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def draw(runtime: Runtime, member_id: str, file: Path) -> None:
    """Write the QR symbol of a member's card to FILE (.svg or .png)."""
    with _told(), runtime.database.look(actor="cli:cards") as tx:
        code = member_card(tx, MemberId(member_id), keys=runtime.keys).code
    if file.suffix == ".png":
        file.write_bytes(card_png(code))
    else:
        file.write_text(card_svg(code), encoding="utf-8")
    click.echo(f"Drew {code} to {file}.")


@cards.command("block")
@click.argument("member_id")
@click.argument("card_id")
@click.pass_obj
def block(runtime: Runtime, member_id: str, card_id: str) -> None:
    """Stop a card for good."""
    with _told(), runtime.database.begin(actor="cli:cards") as tx:
        done = block_card(tx, member_id=MemberId(member_id), card_id=CardId(card_id))
    click.echo(f"{done.card_id} is {done.state}.")


@cards.command("replace")
@click.argument("member_id")
@click.argument("card_id")
@click.pass_obj
def replace(runtime: Runtime, member_id: str, card_id: str) -> None:
    """End a card and print the letters of the new one."""
    with _told(), runtime.database.begin(actor="cli:cards") as tx:
        done = replace_card(
            tx, keys=runtime.keys, member_id=MemberId(member_id), card_id=CardId(card_id)
        )
    click.echo(f"{done.card_id}  {done.code}")


@click.group()
def ledger() -> None:
    """Read and prove the points ledger."""


ledger.add_command(proof_command)
ledger.add_command(seals_command)


@ledger.command("statement")
@click.argument("member_id")
@click.option("--language", type=click.Choice(["fr", "en"]), default="en", show_default=True)
@AS_JSON
@click.pass_obj
def show_statement(runtime: Runtime, member_id: str, language: str, *, as_json: bool) -> None:
    """Print a member's postings with their reasons, newest first."""
    with _told(), runtime.database.look(actor="cli:ledger") as tx:
        tier_progress(tx, MemberId(member_id))  # refuses an id that nobody has
    before: int | None = None
    while True:
        with _told(), runtime.database.look(actor="cli:ledger") as tx:
            page = statement(tx, MemberId(member_id), language=language, before=before, limit=200)
        for one in page.items:
            facts = {"seq": one.seq, "points": one.points, "balance": one.balance}
            text = f"{one.seq:>6} {one.points:>+9} {one.balance:>9}  {one.title}"
            reasons = "".join(f"\n{'':26}{reason}" for reason in one.reasons)
            _print({**facts, "reasons": one.reasons}, text + reasons, as_json=as_json)
        if page.after is None:
            return
        before = int(page.after)


@ledger.command("verify")
@AS_JSON
@PROCESSES
@click.pass_obj
def verify(runtime: Runtime, *, as_json: bool, processes: int | None) -> None:
    """Prove every rule of the books; exit with status 1 and the first bad rows if one is broken."""
    progress = _show_progress if not as_json else _say_nothing
    with _told():
        findings = verify_together(runtime.database, processes=processes, progress=progress)
    rows = [{"rule": one.rule, "row": one.row, "detail": one.detail} for one in findings]
    if as_json:
        click.echo(json.dumps({"rules": len(RULES), "findings": rows}))
    for one in findings if not as_json else ():
        click.echo(f"{one.rule}: {one.row}: {one.detail} (should hold: {RULES[one.rule]})")
    if not as_json:
        click.echo("The books do not add up." if findings else f"All {len(RULES)} rules hold.")
    sys.exit(1 if findings else 0)


@click.group()
def programme() -> None:
    """Check and publish the programme."""


@programme.command("publish-preset")
@click.argument("name", type=click.Choice(PRESETS))
@click.pass_obj
def publish_ready(runtime: Runtime, name: str) -> None:
    """Publish a programme that is ready to use."""
    with _told(), runtime.database.begin(actor="cli:programme") as tx:
        done = publish_preset(tx, name=name)
    click.echo(f"Version {done.number} is in force ({done.version_id}).")


@programme.command("preset")
@click.argument("name", type=click.Choice(PRESETS))
def print_preset(name: str) -> None:
    """Print a ready programme as YAML, to start from."""
    click.echo(preset_text(name), nl=False)


@programme.command("versions")
@AS_JSON
@click.pass_obj
def versions(runtime: Runtime, *, as_json: bool) -> None:
    """List the versions of the programme, the newest first."""
    with _told(), runtime.database.look(actor="cli:programme") as tx:
        rows = programme_versions(tx)
    for one in rows:
        start = one.effective_from.isoformat()
        facts = {"version_id": one.version_id, "number": one.number, "effective_from": start}
        _print(facts, f"{one.number:>4}  {start}  {one.version_id}", as_json=as_json)


COMMANDS = (members, cards, ledger, programme, liability_command, what_if_command)


@contextmanager
def _told() -> Iterator[None]:
    """Print a refusal as a sentence and exit with status 1."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(f"{problem.title}: {problem.detail}") from problem


def _print(facts: dict[str, Any], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(facts) if as_json else text)


def _show_progress(rule: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{rule:<22} {done}/{total}\x1b[K", nl=done == total, err=True)


def _say_nothing(rule: str, done: int, total: int) -> None:
    del rule, done, total
