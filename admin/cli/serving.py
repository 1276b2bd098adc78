"""``loyalty serve`` and ``loyalty worker``."""

from __future__ import annotations

import signal
import socket
import threading

import click
from waitress.server import create_server

from admin.app import create_app
from admin.migrate import is_current
from admin.worker import Worker
from loyalty.kernel.runtime import Runtime

THREADS = 8
PORT = click.IntRange(0, 65535)
"""A port of TCP; 0 takes any that is free."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8080, show_default=True, help="Port to listen on.")
@click.pass_obj
def serve(runtime: Runtime, host: str, port: int) -> None:
    """Serve pages and API from one process, jobs included.

    For more than one process run granian and `loyalty worker`; see docs/how-to/run-on-servers.md.
    """
    demand_schema(runtime)
    check_port(host, port)
    worker = Worker(runtime) if runtime.settings.jobs_in_server else None
    server = create_server(create_app(runtime), host=host, port=port, threads=THREADS, ident=None)
    click.echo(f"Serving on http://{host}:{port} - stop with Ctrl+C.", err=True)
    if worker:
        worker.start()
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        click.echo("Stopping.", err=True)
    finally:
        server.close()
        if worker:
            worker.stop()


@click.command()
@click.pass_obj
def worker(runtime: Runtime) -> None:
    """Carry events and run jobs until stopped. Several may run; leases keep them apart."""
    demand_schema(runtime)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    working = Worker(runtime)
    working.start()
    click.echo("Working - stop with Ctrl+C.", err=True)
    stop.wait()
    working.stop()


def check_port(host: str, port: int) -> None:
    """Refuse, in one line, a port that somebody else has.

    Raises:
        ClickException: the port is taken or not ours to take.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}): "
                f"choose another with --port."
            ) from error


def demand_schema(runtime: Runtime) -> None:
    """Refuse to run on tables that do not fit this code.

    Raises:
        ClickException: they are older, newer or not there.
    """
    if not is_current(runtime.database):
        raise click.ClickException("The database needs `loyalty migrate` first.")
