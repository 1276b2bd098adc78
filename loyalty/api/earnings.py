"""``/api/v1/earnings``: points without a sale, one by one or many at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from loyalty.commands import (
    Earning,
    PostingReceipt,
    earn_at_once,
    earn_many_at_once,
    gathering_of,
)
from loyalty.errors import MemberBlocked, NoProgramme, SourceReused, UnknownMember
from loyalty.kernel.access.errors import TerminalSuspended
from loyalty.kernel.access.principals import TERMINAL, allow
from loyalty.kernel.problems import InvalidInput, NotSignedIn, StorageUnavailable
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, runtime
from loyalty.schemas.earnings import EarningIn, EarningOut, EarningsIn, EarningsOut
from loyalty.values import MemberId

_CALLER = (NotSignedIn, TerminalSuspended, StorageUnavailable)

blueprint = api_blueprint(
    "earnings",
    prefix="/earnings",
    description="For tills and systems behind them: points without a sale.",
)


@blueprint.route("", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(EarningIn)
@blueprint.response(201, EarningOut)
@blueprint.alt_response(200, schema=EarningOut, description="It was posted before.")
@refuses(blueprint, InvalidInput, UnknownMember, MemberBlocked, SourceReused, NoProgramme, *_CALLER)
def create_earning(body: dict[str, Any]) -> tuple[PostingReceipt, int]:
    """Give a member points. The same key again gets the first answer, with 200."""
    asked = _earning(body)
    if runtime().settings.earn_together:
        receipt = gathering_of(database()).earn(actor=current_actor(), asked=asked)
    else:
        receipt = earn_at_once(database(), actor=current_actor(), asked=asked)
    return receipt, 200 if receipt.replayed else 201


@blueprint.route("/batches", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(EarningsIn)
@blueprint.response(200, EarningsOut)
@refuses(blueprint, InvalidInput, NoProgramme, *_CALLER)
def create_earnings(body: dict[str, Any]) -> dict[str, Any]:
    """Give points to many members. Each counts for itself, once for its key; repeating is safe."""
    items = body["items"]
    asked = [_earning(item) for item in items]
    answers = earn_many_at_once(database(), actor=current_actor(), asked=asked)
    return {
        "items": [
            {"key": item["key"], "problem": ""} | asdict(answer)
            if isinstance(answer, PostingReceipt)
            else {"key": item["key"], "problem": answer.slug}
            for item, answer in zip(items, answers, strict=True)
        ]
    }


def _earning(body: dict[str, Any]) -> Earning:
    source = f"{current_actor()}:{body['key']}"
    return Earning(
        MemberId(body["member_id"]), body["points"], source, occurred_at=body["occurred_at"]
    )
