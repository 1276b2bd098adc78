"""The ``loyalty`` command: each package's group, and the commands of the whole house."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy.exc import DBAPIError

from admin.cli.books import jobs, secret, verify
from admin.cli.demo import demo
from admin.cli.examples import examples
from admin.cli.lazy import LazyRuntime
from admin.cli.people import staff
from admin.cli.programme import COMMANDS as PROGRAMME_COMMANDS
from admin.cli.schema import docs, migrate, openapi, seed
from admin.cli.serving import serve, worker
from admin.migrate import is_current
from admin.plugins import PLUGINS
from loyalty.kernel.problems import Problem
from loyalty.kernel.settings import SettingsRefused


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Run a retail loyalty programme: serve it, work for it, look after its books.

    Settings come from the environment; see docs/reference/configuration.md.
    """
    context.obj = context.obj or LazyRuntime(os.environ)


_COMMANDS = (
    *(demo, docs, examples, jobs, migrate, openapi, secret, seed, serve, staff, verify, worker),
)
for _command in _COMMANDS:
    cli.add_command(_command)
for _plugin in PLUGINS:
    for _group in _plugin.commands:
        cli.add_command(_group)
_programme = cli.commands["programme"]
assert isinstance(_programme, click.Group)
for _command in PROGRAMME_COMMANDS:
    _programme.add_command(_command)


def main() -> None:
    """Run the command line; a refusal becomes one line and status 1, unsafe settings status 2."""
    runtime = LazyRuntime(os.environ)
    try:
        cli.main(prog_name="loyalty", standalone_mode=False, obj=runtime)
    except Problem as problem:
        _leave(f"{problem.title}: {problem.detail}", 1)
    except SettingsRefused as refused:
        _leave(str(refused), 2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DBAPIError:
        if is_current(runtime.database):
            raise
        _leave("The database has the schema of another version. Run: loyalty migrate", 1)
    except (click.Abort, KeyboardInterrupt):
        _leave("Stopped.", 130)


def _leave(sentence: str, status: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(status)
