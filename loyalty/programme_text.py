"""From the text of a programme (YAML or JSON) to its document, read strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loyalty.checking import NO_CATALOGUE, Catalogue, check_document, check_programme
from loyalty.compiling import compile_programme
from loyalty.errors import ProgrammeRefused
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import (
    Fault,
    Faults,
    MapNode,
    Node,
    documents,
    line_of,
    read,
    read_plain,
)
from loyalty.programme import ProgrammeUnclear
from loyalty.programme.amounts import digits_of
from loyalty.values import ProgrammeVersionId
from loyalty.values.documents import PROGRAMME

LONGEST_DOCUMENT = 200_000


def read_programme(text: str) -> dict[str, Any]:
    """Return the document that ``text`` (YAML or JSON) spells, once it is found to be right.

    Amounts and days stay text; what may be one or several is a list.

    Raises:
        ProgrammeRefused: with every key that is wrong, by path, its line, and what was meant.
    """
    if len(text) > LONGEST_DOCUMENT:
        raise ProgrammeRefused({"": [f"At most {LONGEST_DOCUMENT} characters."]})
    found = list(documents(text))
    if len(found) != 1:
        raise ProgrammeRefused({"": ["One document is wanted: a map of keys."]})
    node, faults = found[0]
    document: dict[str, Any] = {}
    if node is not None:
        document = read_programme_node(node, faults)
        if isinstance(node, MapNode) and "name" not in node.pairs:
            faults.add(None, node.line, N_("this key is missing: {key}"), key="name")
    if faults:
        raise refused(faults.found)
    return document


def read_programme_node(node: Node, faults: Faults) -> dict[str, Any]:
    """Return the document at ``node``; its own currency decides how many decimals money has."""
    given = read(PROGRAMME, node, Faults())
    if faults.digits is None and isinstance(given, Mapping) and _names_currency(given):
        faults.digits = digits_of(given)
    document: dict[str, Any] = read(PROGRAMME, node, faults)
    return document


@dataclass(frozen=True, slots=True)
class Checked:
    """A programme as it was written: its nodes, its document, and all that is wrong with it.

    ``document`` is of use only without ``faults``.
    """

    node: Node | None
    document: dict[str, Any]
    faults: tuple[Fault, ...]


def checked_programme(text: str, catalogue: Catalogue = NO_CATALOGUE) -> Checked:
    """Return the programme that ``text`` spells with every fault: of its keys, of what they say.

    Each fault has its path and its line. ``catalogue`` holds the names that filters may use.
    """
    found = list(documents(text))
    faults = Faults()
    if len(found) != 1 or len(text) > LONGEST_DOCUMENT:
        faults.add(None, 1, N_("one document is wanted: a map of keys"))
        return Checked(None, {}, tuple(faults.found))
    node, faults = found[0]
    if node is None:
        return Checked(None, {}, tuple(faults.found))
    document = read_programme_node(node, faults)
    if isinstance(node, MapNode) and "name" not in node.pairs:
        faults.add(None, node.line, N_("this key is missing: {key}"), key="name")
    if not faults:
        said = said_wrongly(document, catalogue)
        faults.found += [replace(one, line=line_of(node, one.keys)) for one in said]
    return Checked(node, document, tuple(faults.found))


def said_wrongly(document: Mapping[str, Any], catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return what is wrong with a document whose keys and values all are right."""
    found = check_document(document)
    if found:
        return found
    try:
        programme = compile_programme(document, version_id=ProgrammeVersionId("draft"))
    except ProgrammeUnclear as error:
        keys = tuple(int(key) if key.isdigit() else key for key in error.path.split(".") if key)
        return (Fault(keys, 0, "{reason}", {"reason": error.reason}),)
    return check_programme(programme, document, catalogue)


def check_shape(document: Mapping[str, Any]) -> None:
    """Refuse a document, parsed from JSON already, whose keys or values are not right.

    Raises:
        ProgrammeRefused: with every key that is wrong, by path, and what was meant.
    """
    faults = Faults()
    read_plain(PROGRAMME, document, faults)
    if faults:
        raise refused(faults.found)


def refused(faults: Iterable[Fault]) -> ProgrammeRefused:
    """Return the refusal that names every fault by its path, with its line where it has one."""
    errors: dict[str, list[str]] = {}
    for fault in faults:
        said = f"{fault.sentence} (line {fault.line})" if fault.line else fault.sentence
        errors.setdefault(fault.dotted, []).append(said)
    return ProgrammeRefused(errors)


def _names_currency(document: Mapping[str, Any]) -> bool:
    """Tell whether the document names a currency that can be read."""
    currency = document.get("currency", "EUR")
    if isinstance(currency, Mapping):
        return isinstance(currency.get("minor_digits", 2), int)
    return isinstance(currency, str)
