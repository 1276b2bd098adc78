"""What the till brings to the application."""

from __future__ import annotations

from loyalty.kernel.plugin import Plugin
from pos_adapter.api import blueprint as api
from pos_adapter.callers import authenticate_signed_request
from pos_adapter.claiming import api as claim_api
from pos_adapter.cli import tills
from pos_adapter.jobs import JOBS
from pos_adapter.pages import NAV, claims
from pos_adapter.pages.till import blueprint as pages

plugin = Plugin(
    name="pos_adapter",
    api=(api, claim_api.mine, claim_api.waiting),
    pages=(pages, claims.shopper, claims.office),
    jobs=JOBS,
    commands=(tills,),
    nav=NAV,
    authenticators=(authenticate_signed_request,),
)
