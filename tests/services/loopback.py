"""Keep the tests on this machine: a connection to anywhere else is a bug in the test or in us."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class LeftTheMachine(RuntimeError):
    """Something tried to reach another machine."""


def keep_to_loopback() -> None:
    """Refuse, until this process ends, every look-up and connection that leaves the machine."""
    sys.addaudithook(_refuse_to_leave)


def is_here(host: object) -> bool:
    """Tell whether ``host`` is this machine: a loopback address, its name, or no name at all."""
    if isinstance(host, bytes):
        host = host.decode("idna")
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_to_leave(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not is_here(host):
        message = f"tests stay on this machine; something wanted {host!r}"
        raise LeftTheMachine(message)
