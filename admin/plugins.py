"""The packages of the application, in the order of the arrows."""

from __future__ import annotations

from admin.plugin import plugin as admin
from campaigns.plugin import plugin as campaigns
from loyalty.kernel.plugin import Plugin
from loyalty.plugin import plugin as loyalty
from offers.plugin import plugin as offers
from pos_adapter.plugin import plugin as pos_adapter

PLUGINS: tuple[Plugin, ...] = (loyalty, offers, pos_adapter, campaigns, admin)
