"""Opening and closing a member's session in the browser."""

from __future__ import annotations

from flask import Response

from loyalty.commands import note_contact
from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.access.sessions import end_session, start_session
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.cookies import drop_cookie, keep_session, read_cookie
from loyalty.values import MemberId

_MEMBER = PrincipalKind.MEMBER
_WIPE, _WIPE_CACHE_ONLY = '"cache", "storage"', '"cache"'


def open_session(tx: Tx, response: Response, member_id: MemberId) -> None:
    """Sign a member in on this browser; whoever was signed in before is signed out."""
    _end_present(tx)
    keep_session(response, _MEMBER, start_session(tx, kind=_MEMBER, subject_id=member_id))
    note_contact(tx, member_id=member_id)


def close_session(tx: Tx, response: Response) -> None:
    """Sign the member of this browser out and have it forget what it kept for her.

    A browser that is a till too keeps its storage: sales that wait to be sent lie there.

    Source: OWASP ASVS 5.0.0, 14.3.1.
    """
    _end_present(tx)
    drop_cookie(response, _MEMBER)
    is_till = read_cookie(PrincipalKind.TERMINAL) is not None
    response.headers["Clear-Site-Data"] = _WIPE_CACHE_ONLY if is_till else _WIPE


def _end_present(tx: Tx) -> None:
    token = read_cookie(_MEMBER)
    if token is not None:
        end_session(tx, token=token)
