"""What a package brings to the application, on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loyalty.kernel.access.principals import Principal
from loyalty.kernel.jobs import Job
from loyalty.kernel.outbox import Event
from loyalty.kernel.tx import Tx

if TYPE_CHECKING:
    import click
    from flask import Blueprint


@dataclass(frozen=True, slots=True)
class Subscription:
    """That ``handler`` is run, in a transaction of its own, for every ``event``."""

    event: type[Event]
    handler: Callable[[Tx, Any], object]

    @property
    def subscriber(self) -> str:
        """Return the name under which deliveries are noted: stable, so never renamed lightly."""
        return f"{self.handler.__module__.split('.')[0]}.{self.handler.__name__}"


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation of a face: ``app``, ``till`` or ``admin``.

    ``label`` is an English msgid; ``roles`` empty means everybody who may see the face.
    """

    face: str
    label: str
    endpoint: str
    icon: str
    order: int
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plugin:
    """The contribution of one package. ``admin.app`` and ``admin.cli`` put them together.

    ``api`` are flask-smorest blueprints (documented in OpenAPI), ``pages`` ordinary ones;
    ``demo_pages`` exist outside production only. ``authenticators`` read proof of identity other
    than a cookie from the request in hand.
    """

    name: str
    api: tuple[Any, ...] = ()
    pages: tuple[Blueprint, ...] = ()
    demo_pages: tuple[Blueprint, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: tuple[click.Command, ...] = ()
    nav: tuple[NavItem, ...] = ()
    authenticators: tuple[Callable[[], Principal | None], ...] = ()
