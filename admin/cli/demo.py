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
from waitress.wasyncore import close_all

from admin.app import create_app
from admin.cli.serving import PORT, check_port
from admin.demo import crew
from admin.demo.catalogue import load_shop
from admin.demo.hours import shop_clock
from admin.demo.people import MEMBERS
from admin.demo.seed import is_seeded, seed_shop
from admin.demo.story import Step, StoryBroken, cast_for, tell
from admin.migrate import upgrade
from admin.worker import Worker
from loyalty.kernel.logs import configure_logs
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import random_token

HOST, THREADS = "127.0.0.1", 8


@click.command()
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="Port to serve on; 0 picks one."
)
@click.option("--exit", "leave", is_flag=True, help="Stop after the story; status 0 if it held.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier starts.")
@click.option("--folder", default="var/demo", show_default=True, help="Where the data lies.")
@click.option(
    "--members",
    type=click.IntRange(min=10),
    default=MEMBERS,
    show_default=True,
    help="How many members a new shop has; fewer is quicker.",
)
def demo(port: int, folder: str, members: int, *, leave: bool, fresh: bool) -> None:
    """Show everything on one machine: no server, no account, nothing to configure."""
    place = Path(folder)
    if fresh and place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True, exist_ok=True)
    if port:
        check_port(HOST, port)
    configure_logs("WARNING")
    runtime, served, address = _open(place, port)
    _prepare(runtime, members)
    worker = Worker(runtime)
    worker.start()
    served.start()
    held = False
    try:
        held = _tell(runtime, address)
        if not leave:
            _welcome(address)
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Stopping.", err=True)
    finally:
        worker.stop()
        served.stop()
    sys.exit(0 if held else 1)


class _Later:
    """A WSGI application that is made once its address is known."""

    app: Flask

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Answer with the application behind."""
        return self.app(environ, start)


class _Served:
    """A server in a thread of its own. ``start`` and ``stop`` may be called once each."""

    def __init__(self, web: _Later, port: int) -> None:
        """Listen; nothing is answered before ``start``."""
        self._sockets: dict[int, Any] = {}
        self._server: BaseWSGIServer = create_server(
            web, map=self._sockets, host=HOST, port=port, threads=THREADS, ident=None
        )
        self._thread = threading.Thread(target=self._server.run, name="server", daemon=True)
        self.address = f"http://{HOST}:{self._server.effective_port}"

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests in hand, then close every socket in the thread that owns them."""
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(lambda: close_all(self._sockets))
        self._thread.join(timeout=5)


def _open(place: Path, port: int) -> tuple[Runtime, _Served, str]:
    """Return the runtime, its server and its address; the port is known once it listens."""
    web = _Later()
    served = _Served(web, port)
    runtime = open_runtime(_settings(place, served.address), clock=shop_clock())
    web.app = create_app(runtime)
    return runtime, served, served.address


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


def _prepare(runtime: Runtime, members: int) -> None:
    """Migrate, and seed the shop on the first start."""
    upgrade(runtime.database)
    if is_seeded(runtime):
        click.echo("Using the shop of an earlier start (--fresh makes a new one).", err=True)
    else:
        seed_shop(runtime, members=members)


def _tell(runtime: Runtime, address: str) -> bool:
    """Tell the story, a line a step; ``False`` when one did not hold."""
    click.echo(f"\nThe story, on {address}:\n")
    try:
        tell(cast_for(runtime, address), heard=_say)
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
