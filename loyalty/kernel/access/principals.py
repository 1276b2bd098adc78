"""The people and machines that call us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar


class Role(StrEnum):
    """What a member of staff is trusted with."""

    CASHIER = "cashier"
    STORE_MANAGER = "store_manager"
    MARKETER = "marketer"
    SUPPORT = "support"
    ANALYST = "analyst"
    ADMIN = "admin"
    DPO = "dpo"
    AUDITOR = "auditor"


class PrincipalKind(StrEnum):
    """What kind of caller this is."""

    STAFF = "staff"
    TERMINAL = "terminal"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whom we know.

    For a terminal, ``staff_id`` names the cashier who is signed in on it, if any; ``store_id``
    and ``till`` say where it stands. ``actor`` is what is written beside everything it does.
    """

    kind: PrincipalKind
    id: str
    display_name: str = ""
    role: Role | None = None
    store_id: str | None = None
    till: str | None = None
    staff_id: str | None = None

    @property
    def actor(self) -> str:
        """Return who writes, e.g. ``terminal:trm_...`` or ``staff:stf_...``."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: anybody when ``public``, otherwise one of the ``kinds``.

    A public policy with ``kinds`` still finds out who is there. ``roles`` narrows staff; empty
    means every role. ``staffed`` asks that a cashier is signed in on the terminal.
    """

    public: bool = False
    kinds: frozenset[PrincipalKind] = frozenset()
    roles: frozenset[Role] = frozenset()
    staffed: bool = False

    def admits(self, principal: Principal | None) -> bool:
        """Tell whether this caller may pass."""
        if self.public:
            return True
        if principal is None or principal.kind not in self.kinds:
            return False
        if principal.kind is PrincipalKind.STAFF and self.roles:
            return principal.role in self.roles
        if principal.kind is PrincipalKind.TERMINAL and self.staffed:
            return principal.staff_id is not None
        return True


PUBLIC = Policy(public=True)
MEMBER = Policy(kinds=frozenset({PrincipalKind.MEMBER}))
TERMINAL = Policy(kinds=frozenset({PrincipalKind.TERMINAL}))
BACK_OFFICE = frozenset(Role) - {Role.CASHIER}


def staff(*roles: Role) -> Policy:
    """Return the policy that admits staff with one of ``roles`` (any back-office role if none)."""
    return Policy(kinds=frozenset({PrincipalKind.STAFF}), roles=frozenset(roles) or BACK_OFFICE)


View = TypeVar("View", bound=Callable[..., Any])


def allow(policy: Policy) -> Callable[[View], View]:
    """Declare who may call a view. A view without this is refused to everybody."""

    def declare(view: View) -> View:
        view.__policy__ = policy  # type: ignore[attr-defined]  # read by kernel.web.guard
        return view

    return declare
