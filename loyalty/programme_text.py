"""From the text of a programme (YAML or JSON) to its document, read strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loyalty.errors import ProgrammeRefused
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Fault, Faults, MapNode, Node, documents, read, read_plain
from loyalty.programme.amounts import digits_of
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
