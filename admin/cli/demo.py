"""``loyalty demo``: a believable shop, its story told, then served until stopped."""

from __future__ import annotations

import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import click
from waitress.server import create_server

from admin.app import create_app
from admin.cli.serving import check_port
from admin.demo import crew
from admin.demo.seed import is_seeded, seed_shop
from admin.demo.story import StoryBroken, tell
from admin.migrate import upgrade
from admin.worker import Worker
from loyalty.kernel.logs import configure_logs
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import random_token

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
    runtime = open_runtime(_settings(place))
    _prepare(runtime)
    server = create_server(_app(runtime, port), host=HOST, port=port, threads=THREADS, ident=None)
    address = f"http://{HOST}:{server.effective_port}"
    runtime = replace(runtime, settings=_at(runtime.settings, address))
    server.application = create_app(runtime)
    worker = Worker(runtime)
    worker.start()
    serving = threading.Thread(target=server.run, name="server", daemon=True)
    serving.start()
    try:
        held = _tell(runtime, address)
        if not leave:
            _welcome(address)
            serving.join()
    except KeyboardInterrupt:
        held = True
    finally:
        server.close()
        worker.stop()
    if leave:
        sys.exit(0 if held else 1)


def _settings(place: Path) -> Settings:
    """Return the settings of the demo; its secret is drawn once and kept beside its data."""
    secret = place / "secret"
    if not secret.exists():
        secret.write_text(random_token(48), encoding="utf-8")
        secret.chmod(0o600)
    return Settings(
        mode=Mode.DEMO,
        secret_key=secret.read_text(encoding="utf-8"),
        database_url=f"sqlite:///{place / 'palier.db'}",
        data_dir=str(place),
        brand=crew.BRAND,
        cookie_secure=False,
        log_level="WARNING",
    )


def _at(settings: Settings, address: str) -> Settings:
    """Return the settings once the address is known: links and the SMS sink point at it."""
    return replace(settings, public_url=address, sms_url=f"{address}/demo/sms", sms_token="demo")


def _prepare(runtime: Runtime) -> None:
    """Migrate, and seed the shop on the first start."""
    upgrade(runtime.database)
    if is_seeded(runtime):
        click.echo("Using the shop of an earlier start (--fresh makes a new one).", err=True)
    else:
        seed_shop(runtime)
