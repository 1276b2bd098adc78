"""The letters that the product itself writes: sign-in links and the welcome.

They use the marketers' own language and marks, so that they are checked and drawn the same way.
They carry what the member asked for and nothing else: no offers, no news.
"""

from __future__ import annotations

from campaigns.content import Content
from campaigns.wording.spelling import Language

SIGN_IN = "sign-in"
WELCOME = "welcome"

LETTERS: dict[str, dict[Language, Content]] = {
    SIGN_IN: {
        "fr": Content(
            subject="Votre lien pour ouvrir votre carte {brand}",
            preheader="Il fonctionne une fois, pendant 30 minutes.",
            body=(
                "# Ouvrir ma carte\n\n"
                "Bonjour {first_name|default:et bienvenue},\n\n"
                "voici le lien que vous avez demandé. Il fonctionne **une seule fois**, pendant "
                "**30 minutes**.\n\n"
                "[Ouvrir ma carte]({sign_in_link})\n\n"
                "Vous n’avez rien demandé ? Ignorez ce message : sans le lien, personne n’entre."
            ),
        ),
        "en": Content(
            subject="Your link to open your {brand} card",
            preheader="It works once, for 30 minutes.",
            body=(
                "# Open my card\n\n"
                "Hello {first_name|default:and welcome},\n\n"
                "here is the link that you asked for. It works **once only**, for "
                "**30 minutes**.\n\n"
                "[Open my card]({sign_in_link})\n\n"
                "You asked for nothing? Ignore this message: without the link nobody gets in."
            ),
        ),
    },
    WELCOME: {
        "fr": Content(
            subject="Votre carte {brand} est prête",
            preheader="Gardez-la dans votre téléphone : elle s’ouvre même sans réseau.",
            body=(
                "# Votre carte est prête\n\n"
                "Bonjour {first_name|default:et bienvenue},\n\n"
                "votre carte {brand} est ouverte. Montrez son code à la caisse avant de payer : "
                "vos points s’ajoutent tout seuls.\n\n"
                "[Voir ma carte]({card_link})\n\n"
                "Ajoutez-la à l’écran d’accueil de votre téléphone : elle s’ouvre même sans réseau."
            ),
        ),
        "en": Content(
            subject="Your {brand} card is ready",
            preheader="Keep it in your phone: it opens even without a network.",
            body=(
                "# Your card is ready\n\n"
                "Hello {first_name|default:and welcome},\n\n"
                "your {brand} card is open. Show its code at the till before you pay: "
                "your points add up by themselves.\n\n"
                "[See my card]({card_link})\n\n"
                "Add it to the home screen of your phone: it opens even without a network."
            ),
        ),
    },
}
