"""Every refusal has a name of its own, a page of its own, and facts that do not hide the rest."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, fields

import pytest

from loyalty.kernel.problems import Kind, Problem
from loyalty.kernel.web.problems import STATUS
from tests.house.project import PACKAGES, import_everything

MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})
OWN_WORDS = frozenset({"kind", "slug", "template", "retry_after"})
_SLUG = re.compile(r"[a-z]+(-[a-z]+)*")


def problem_faults(problem: type[Problem]) -> list[str]:
    """Return what is wrong with one refusal."""
    names = {field.name for field in fields(problem)}
    asked = {name for _, name, _, _ in string.Formatter().parse(problem.template) if name}
    checks = {
        f"slug {problem.slug!r} is not lower-case-words": not _SLUG.fullmatch(problem.slug),
        "no docstring of its own": not (problem.__dict__.get("__doc__") or "").strip()
        or (problem.__doc__ or "").startswith(f"{problem.__name__}("),
        "no title": not problem.title,
        "no template": not problem.template,
        f"fields hide {sorted(names & MEMBERS)}": bool(names & MEMBERS),
        f"fields hide its own {sorted(names & OWN_WORDS)}": bool(names & OWN_WORDS),
        f"template asks for {sorted(asked - names)}": bool(asked - names),
    }
    return [f"{problem.__name__}: {fault}" for fault, found in checks.items() if found]


def same_slugs(problems: list[type[Problem]]) -> list[str]:
    """Return the slugs that stand for more than one refusal."""
    slugs = [problem.slug for problem in problems]
    return sorted({slug for slug in slugs if slugs.count(slug) > 1})


def concrete_problems() -> list[type[Problem]]:
    """Return every refusal of the project that can be raised; families have no slug."""
    import_everything()
    found: list[type[Problem]] = []
    waiting = [Problem]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.partition(".")[0] in PACKAGES and one not in found:
                found.append(one)
    return [one for one in found if one.slug or not one.__subclasses__()]


def test_every_refusal_is_sound():
    problems = concrete_problems()
    assert [fault for problem in problems for fault in problem_faults(problem)] == []
    assert same_slugs(problems) == []
    assert len(problems) > len(PACKAGES)


def test_every_kind_has_a_status():
    assert set(STATUS) == set(Kind)


@dataclass(eq=False)
class _Sound(Problem):
    """The shop is closed; nothing was done."""

    opens_at: str

    slug = "shop-closed"
    title = "Closed"
    template = "The shop opens at {opens_at}."


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"slug": "Shop_Closed"}, "not lower-case-words"),
        ({"slug": ""}, "not lower-case-words"),
        ({"title": ""}, "no title"),
        ({"template": ""}, "no template"),
        ({"template": "Until {monday}."}, "asks for ['monday']"),
        ({"__doc__": None}, "no docstring"),
        ({"status": 409, "__annotations__": {"status": "int"}}, "hide ['status']"),
        ({"slug": "x", "__annotations__": {"slug": "str"}}, "hide its own ['slug']"),
    ],
)
def test_a_faulty_refusal_is_found(changes, fault):
    body = {"__doc__": "Text.", "__annotations__": {"opens_at": "str"}}
    words = {"slug": "a", "title": "A", "template": "At {opens_at}."}
    faulty: type[Problem] = type("Faulty", (Problem,), {**body, **words, **changes})
    faults = problem_faults(dataclass(eq=False)(faulty))
    assert any(fault in one for one in faults), faults


def test_a_sound_refusal_passes_and_a_doubled_slug_is_found():
    assert problem_faults(_Sound) == []
    assert same_slugs([_Sound, _Sound]) == ["shop-closed"]
