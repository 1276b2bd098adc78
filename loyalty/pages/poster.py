"""The poster beside the till: a code that a phone's camera opens, and how it goes on."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from loyalty.errors import UnknownStore
from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.i18n import LANGUAGES, gettext
from loyalty.kernel.problems import N_, NotFound
from loyalty.kernel.web.context import database, language, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.pages.rule_words import rules_in_force
from loyalty.pages.shopper import blueprint
from loyalty.qr import link_svg
from loyalty.queries import store
from loyalty.values import StoreId

_WORDS = {
    "headline": N_("Your card in 20 seconds"),
    "scan": N_("Point your phone’s camera at this code"),
    "give": N_("Give your first name and an e-mail address or a number"),
    "show": N_("Show your card at the till, from this purchase on"),
}


@blueprint.get("/poster/<store_id>")
@allow(PUBLIC)
def poster(store_id: str) -> Response:
    """Show the printable poster of a shop, in the language of the page and then in the other.

    Raises:
        NotFound: there is no such shop.
    """
    main = language()
    with database().look() as tx:
        try:
            shop = store(tx, StoreId(store_id))
        except UnknownStore as error:
            raise NotFound(gettext(main, N_("store"))) from error
        short = {spoken: rules_in_force(tx, spoken).short for spoken in LANGUAGES}
    address = f"{runtime().settings.public_url.rstrip('/')}/app/join?store={shop.store_id}"
    return render_page(
        "loyalty/poster.html",
        shop=shop,
        address=address,
        symbol=Markup(link_svg(address)),  # noqa: S704 - drawn by us; its label is escaped
        columns=[_column(spoken, short) for spoken in sorted(LANGUAGES, key=lambda x: x != main)],
    )


def _column(spoken: str, short: dict[str, str]) -> dict[str, str]:
    """Return the poster's words in one language."""
    words = {name: gettext(spoken, text) for name, text in _WORDS.items()}
    return {"language": spoken, "rules": short[spoken], **words}
