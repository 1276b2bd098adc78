"""``loyalty demo``: a believable shop, its story told, then served until stopped."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import click
from flask import Flask
from waitress.server import BaseWSGIServer, create_server

from admin.app import create_app
from admin.cli.serving import check_port
from admin.demo import crew
from admin.demo.catalogue import load_shop
from admin.demo.hours import shop_clock
from admin.demo.seed import is_seeded, seed_shop
from admin.demo.story import Cast, Step, StoryBroken, tell
from admin.migrate import upgrade
from admin.worker import Worker
from loyalty.kernel.logs import configure_logs
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import random_token
from loyalty.queries import current_programme, live_figures, stores

HOST, THREADS = "127.0.0.1", 8


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to serve on; 0 picks one.")
@click.option("--exit", "leave", is_flag=True, help="Stop after the story; status 0 if it held.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier starts.")
@click.option("--folder", default="var/demo", show_default=True, help="Where the data lies.")
def demo(port: int, folder: str, *, leave: bool, fresh: bool) -> None:
    """Show everything on one machine: no server, no account, nothing to configure."""
    place = Path(folder)
    if fresh and place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True, exist_ok=True)
    if port:
        check_port(HOST, port)
    configure_logs("WARNING")
    runtime, server, address = _open(place, port)
    _prepare(runtime)
    worker = Worker(runtime)
    worker.start()
    serving = threading.Thread(target=server.run, name="server", daemon=True)
    serving.start()
    held = False
    try:
        held = _tell(runtime, address)
        if not leave:
            _welcome(address)
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Stopping.", err=True)
    finally:
        server.close()
        worker.stop()
    sys.exit(0 if held else 1)


class _Later:
    """A WSGI application that is made once its address is known."""

    app: Flask

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Answer with the application behind."""
        return self.app(environ, start)


def _open(place: Path, port: int) -> tuple[Runtime, BaseWSGIServer, str]:
    """Return the runtime, its server and its address; the port is known once it listens."""
    web = _Later()
    server = create_server(web, host=HOST, port=port, threads=THREADS, ident=None)
    address = f"http://{HOST}:{server.effective_port}"
    runtime = open_runtime(_settings(place, address), clock=shop_clock())
    web.app = create_app(runtime)
    return runtime, server, address


def _settings(place: Path, address: str) -> Settings:
    """Return the settings of the demo; its secret is drawn once and kept beside its data."""
    secret = place / "secret"
    if not secret.exists():
        secret.write_text(random_token(48), encoding="utf-8")
        secret.chmod(0o600)
    return Settings(
        mode=Mode.DEMO,
        secret_key=secret.read_text(encoding="utf-8"),
        database_url=f"sqlite:///{place / 'palier.db'}",
        public_url=address,
        data_dir=str(place),
        brand=load_shop().name,
        cookie_secure=False,
        sms_url=f"{address}/demo/sms",
        sms_token="demo",  # noqa: S106 - the sink of the demo takes any
        log_level="WARNING",
    )


def _prepare(runtime: Runtime) -> None:
    """Migrate, and seed the shop on the first start."""
    upgrade(runtime.database)
    if is_seeded(runtime):
        click.echo("Using the shop of an earlier start (--fresh makes a new one).", err=True)
    else:
        seed_shop(runtime)


def _tell(runtime: Runtime, address: str) -> bool:
    """Tell the story, a line a step; ``False`` when one did not hold."""
    with runtime.database.look(actor="demo") as tx:
        programme, first = current_programme(tx), stores(tx)[0]
        number = live_figures(tx).members
    cast = Cast(
        address=address,
        clock=runtime.database.clock,
        store_id=first.store_id,
        zone=str(programme.zone),
        number=number,
    )
    click.echo(f"\nThe story, on {address}:\n")
    try:
        tell(cast, heard=_say)
    except StoryBroken as broken:
        click.echo(f"\nThe story broke. {broken}", err=True)
        return False
    click.echo("\nEvery step held.")
    return True


def _say(number: int, step: Step, sentence: str) -> None:
    click.echo(f"  {number:>2}. {step.title}.")
    click.echo(click.style(f"      {sentence}", dim=True))


def _welcome(address: str) -> None:
    """Print where to look and who may sign in."""
    click.echo("\nLook around; stop with Ctrl+C.\n")
    for path, what in (
        ("/app/join", "the shopper's app: enrol, or ask for a link to a card"),
        ("/till", "the till: a manager makes its code under /admin/tills"),
        ("/admin", "the back office"),
        ("/demo/mailbox", "what the programme has written to its members"),
    ):
        click.echo(f"  {address + path:<44} {what}")
    click.echo("\nSign-ins of the demo:\n")
    for who, where, secret in crew.sign_ins():
        click.echo(f"  {who:<44} {where:<26} {secret}")
