"""What subjects are called: categories in the reader's language, the others as they are."""

from __future__ import annotations

from collections.abc import Iterable

from loyalty.kernel.tx import Tx
from loyalty.queries import article_names, categories
from offers.scoring import Subject


def subject_names(tx: Tx, subjects: Iterable[str], language: str) -> dict[str, str]:
    """Return the name of each subject (``category:coffee``); what no longer exists is missing."""
    wanted = {subject for subject in subjects if subject}
    named = {kind: _of_kind(wanted, kind) for kind in Subject}
    found = {f"{Subject.BRAND}:{name}": name for name in named[Subject.BRAND]}
    if named[Subject.CATEGORY]:
        for one in categories(tx):
            name = _inside_a_sentence(one.name(language))
            found[f"{Subject.CATEGORY}:{one.category_id}"] = name
    if named[Subject.ARTICLE]:
        for sku, (name, _) in article_names(tx, sorted(named[Subject.ARTICLE])).items():
            found[f"{Subject.ARTICLE}:{sku}"] = name
    return found


def _of_kind(subjects: Iterable[str], kind: Subject) -> set[str]:
    prefix = f"{kind}:"
    return {one.removeprefix(prefix) for one in subjects if one.startswith(prefix)}


def _inside_a_sentence(name: str) -> str:
    """Return a category's name with a small first letter: ``coffee``, but ``BIO`` stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
