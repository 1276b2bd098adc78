from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import render_template_string
from jinja2 import UndefinedError

from tests.kernel.design_kit import PAGES, build_design_app

WEB = Path(__file__).parents[2] / "loyalty" / "kernel" / "web"
SHEETS = sorted((WEB / "static").glob("*.css"))
LARGEST_STYLES = 60_000
BARE = {"app--wide", "crumbs__list", "side__list", "no-js", "js"}
"""Classes that only name a state or keep a list bare."""

TEXT_PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink-soft", "brand")
    for ground in ("page", "surface", "raised")
] + [
    ("ink", "sunken"),
    ("ink-soft", "sunken"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-brand-soft", "brand-soft"),
    ("on-deep", "deep"),
    ("on-deep", "deep-raised"),
    ("on-deep-soft", "deep"),
    ("on-deep-soft", "deep-raised"),
    ("on-step", "step"),
    ("step-ink", "surface"),
    ("step-ink", "page"),
    ("on-bad", "bad"),
    *((f"{kind}-ink", f"{kind}-soft") for kind in ("good", "warn", "bad", "info")),
    *((f"{kind}-ink", "surface") for kind in ("good", "bad")),
    *((f"tier-{one}-ink", f"tier-{one}-soft") for one in ("base", "gold", "platinum")),
    *((f"face-{one}-ink", f"face-{one}") for one in ("base", "gold", "platinum")),
    *((f"face-{one}-ink", f"face-{one}-step") for one in ("base", "gold", "platinum")),
]
MARK_PAIRS = [
    ("line-strong", "surface"),
    ("line-strong", "page"),
    ("focus", "page"),
    ("focus", "surface"),
    ("fill", "surface"),
    ("good", "surface"),
    ("warn", "surface"),
    ("bad", "surface"),
    ("step", "deep-raised"),
]
"""What is not text but carries meaning. Source: WCAG 2.2, 1.4.11."""


class Elements(HTMLParser):
    """Every start tag of a page, with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def app(settings, sqlite_database, monkeypatch):
    return build_design_app(settings, sqlite_database, monkeypatch)


@pytest.fixture
def draw(app):
    """Render one line that uses the macros, as a page would."""

    def render(line, **context):
        with app.test_request_context("/app/x?lang=en"):
            source = '{% import "ui.html" as ui with context %}' + line
            return render_template_string(source, **context)

    return render


@pytest.fixture(params=[*PAGES, "/app/busy", "/app/nowhere"])
def page(app, request):
    answer = app.test_client().get(request.param, headers={"Accept": "text/html"})
    return answer.text


def test_a_page_carries_no_inline_style_or_handler(page):
    for tag, attributes in Elements(page).found:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag


def test_scripts_and_styles_carry_the_number_of_the_answer(page):
    loaded = [
        attributes
        for tag, attributes in Elements(page).found
        if tag == "script" or (tag == "link" and attributes["rel"] == "stylesheet")
    ]
    assert len(loaded) >= 8
    assert len({attributes.get("nonce") for attributes in loaded}) == 1
    assert None not in {attributes.get("nonce") for attributes in loaded}


def test_every_reference_inside_a_page_has_its_target(page):
    elements = Elements(page).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "data-dialog-open"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_every_class_of_a_page_is_drawn_by_a_stylesheet(page):
    css = "".join(sheet.read_text() for sheet in SHEETS)
    known = set(re.findall(r"\.([a-z][\w-]*)", css)) | BARE
    used = {
        name
        for _, attributes in Elements(page).found
        for name in (attributes.get("class") or "").split()
    }
    assert {name for name in used if "--" not in name} <= known
    assert {name.split("--")[0] for name in used} <= known


def test_the_style_guide_shows_every_macro():
    facade = (WEB / "templates/ui.html").read_text()
    macros = set(re.findall(r"\w+", " ".join(re.findall(r"set ([^=]+) =", facade))))
    shown = "".join(path.read_text() for path in (WEB / "templates").rglob("*.html"))
    assert {name for name in macros if not re.search(rf"ui\.{name}\b", shown)} == set()
    assert len(macros) > 40


def test_a_page_speaks_french(app):
    page = app.test_client().get("/admin/styleguide?lang=fr").text
    assert '<html lang="fr"' in page
    assert "Aller au contenu" in page
    assert "1\u202f240 points" in page


def test_a_refusal_says_what_to_do_next(app):
    busy = app.test_client().get("/app/busy?lang=en", headers={"Accept": "text/html"})
    assert busy.status_code == 429
    assert "Please wait 42 seconds, then try again." in busy.text
    assert 'href="/app/"' in busy.text
    assert 'href="/app/busy"' in busy.text


def test_what_people_type_is_shown_as_text(draw):
    evil = '"><script>alert(1)</script>'
    shown = draw("{{ ui.field('n', evil, evil, hint=evil, error=evil) }}", evil=evil)
    shown += draw("{{ ui.stairs([{'label': evil, 'text': evil}], 0, 0, evil) }}", evil=evil)
    shown += draw("{{ ui.member_face(evil, evil, evil, evil, evil) }}", evil=evil)
    assert "<script" not in shown


def test_a_faulty_field_names_its_fault(draw):
    shown = draw("{{ ui.field('email', 'E-mail', error='Write it with an @.') }}")
    box = next(attributes for tag, attributes in Elements(shown).found if tag == "input")
    assert box["aria-invalid"] == "true"
    assert box["aria-describedby"] == "f-email-error"


def test_an_unknown_icon_is_a_mistake(draw):
    assert "<path" in draw("{{ ui.icon('gift') }}")
    with pytest.raises(UndefinedError):
        draw("{{ ui.icon('gfit') }}")


@pytest.mark.parametrize(
    ("here", "progress_bp", "climbed"),
    [(0, 0, 1), (0, 5000, 4), (0, 9999, 6), (1, 0, 7), (1, 10000, 12), (2, 0, 13), (2, 5000, 13)],
)
def test_the_stairs_reach_a_landing_only_with_the_tier(draw, here, progress_bp, climbed):
    line = "{{ ui.stairs([{'label': 'a'}, {'label': 'b'}, {'label': 'c'}], here, bp, 'text') }}"
    line = line.replace("}, {", ", 'text': ''}, {").replace("}]", ", 'text': ''}]")
    shown = draw(line, here=here, bp=progress_bp)
    assert shown.count("riser--on") == climbed
    assert shown.count("tread--here") == 1
    assert shown.count('class="riser') == 13


@pytest.mark.parametrize("values", [[], [7], [0, 0, 0], [3, 3], [-5, 12, 0]])
def test_a_chart_of_any_figures_stays_inside_its_frame(draw, values):
    items = [{"label": "x", "value": value, "text": str(value)} for value in values]
    shown = draw(
        "{{ ui.sparkline(values, 'a') }}{{ ui.bar_chart(items, 'b') }}{{ ui.bar_list(items, 'c') }}"
        "{{ ui.meter(values | sum, 0, 'd') }}",
        values=values,
        items=items,
    )
    for _, attributes in Elements(shown).found:
        assert 0 <= int(attributes.get("height", 0)) <= 170
        assert 0 <= int(attributes.get("y", 0)) <= 170
        assert 0 <= int(attributes.get("width", 0)) <= 1000


def test_points_are_counted_in_words(draw):
    assert ">1 point<" in draw("{{ ui.points(1) }}")
    assert ">+1,240 points<" in draw("{{ ui.points(1240, signed=true) }}")
    assert ">-4<" in draw("{{ ui.points(-4, signed=true, unit=false) }}")
    assert ">€12.50<" in draw("{{ ui.money(1250) }}")


def test_the_styles_stay_small_and_come_from_here():
    css = {sheet.name: sheet.read_text() for sheet in SHEETS}
    assert sum(len(text.encode()) for text in css.values()) < LARGEST_STYLES
    for name, text in css.items():
        assert "@import" not in text, name
        assert "url(" not in text, name


def test_every_token_that_is_used_exists():
    css = "".join(sheet.read_text() for sheet in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", css))
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= defined


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [(*pair, 4.5) for pair in TEXT_PAIRS] + [(*pair, 3.0) for pair in MARK_PAIRS],
)
def test_words_and_marks_stand_out(theme, ink, ground, least):
    colours = _tokens(theme)
    assert _contrast(colours[ink], colours[ground]) >= least


def test_a_weak_pair_would_be_found():
    assert _contrast("#777777", "#ffffff") < 4.5 < _contrast("#767676", "#ffffff")


def _tokens(theme):
    """Return the colour tokens of a theme, name to #rrggbb."""
    text = (WEB / "static/tokens.css").read_text()
    side = 1 if theme == "light" else 2
    both = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", text)
    one = re.findall(r"--([\w-]+): (#\w{6});", text)
    return {row[0]: row[side] for row in both} | dict(one)


def _contrast(first, second):
    """Return the contrast ratio of two colours. Source: WCAG 2.2, 1.4.3."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
