"""Import contracts of our own, run by ``lint-imports`` beside the stock ones.

Each names the importing file and line of what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grimp import DetailedImport, ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _package(module: str) -> str:
    return module.partition(".")[0]


def _imports(graph: ImportGraph) -> Iterator[DetailedImport]:
    """Yield every direct import of the project's own modules, once per line of code."""
    for importer in sorted(graph.modules):
        if graph.is_module_squashed(importer):
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield from graph.get_import_details(importer=importer, imported=imported)


class _EdgeContract(Contract):
    """A contract about single imports: it is kept while ``refuses`` says nothing."""

    def refuses(self, importer: str, imported: str) -> str | None:
        """Return why this import is wrong, or ``None``."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - their signature
        """Look at every import of the graph."""
        del verbose
        found = [
            f"{edge['importer']}:{edge['line_number']} imports {edge['imported']}: {reason}"
            for edge in _imports(graph)
            if (reason := self.refuses(edge["importer"], edge["imported"]))
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line per wrong import."""
        for line in check.metadata["found"]:
            output.print_error(line)


class DoorsContract(_EdgeContract):
    """From another package only its doors may be imported.

    ``open_packages`` have no doors: all of them may be imported. ``roots`` are the packages that
    compose the application and may also enter by ``root_doors``.
    """

    type_name = "doors"

    packages: Any = fields.ListField(subfield=fields.StringField())
    doors: Any = fields.ListField(subfield=fields.StringField())
    open_packages: Any = fields.ListField(subfield=fields.StringField())
    roots: Any = fields.ListField(subfield=fields.StringField())
    root_doors: Any = fields.ListField(subfield=fields.StringField())

    def refuses(self, importer: str, imported: str) -> str | None:
        """Refuse an import that crosses packages anywhere but at a door."""
        here, there = _package(importer), _package(imported)
        if here == there or there not in self.packages:
            return None
        if any(_inside(imported, name) for name in self.open_packages):
            return None
        doors = [*self.doors, *(self.root_doors if here in self.roots else ())]
        if any(_inside(imported, f"{there}.{door}") for door in doors):
            return None
        return f"{there} is entered by {', '.join(doors)}"


class SealedContract(_EdgeContract):
    """``sealed`` imports nothing of the project but itself."""

    type_name = "sealed"

    sealed: Any = fields.StringField()
    packages: Any = fields.ListField(subfield=fields.StringField())

    def refuses(self, importer: str, imported: str) -> str | None:
        """Refuse an import that leaves the sealed package for another of ours."""
        if not _inside(importer, self.sealed) or _inside(imported, self.sealed):
            return None
        if _package(imported) not in self.packages:
            return None
        return f"{self.sealed} knows nothing of the rest"


class KeptToContract(_EdgeContract):
    """Within ``package``, ``libraries`` are imported only by ``only``."""

    type_name = "kept-to"

    package: Any = fields.StringField()
    only: Any = fields.StringField()
    libraries: Any = fields.ListField(subfield=fields.StringField())

    def refuses(self, importer: str, imported: str) -> str | None:
        """Refuse a library that is kept to one corner and imported outside it."""
        if not _inside(importer, self.package) or _inside(importer, self.only):
            return None
        if _package(imported) not in self.libraries:
            return None
        return f"only {self.only} may"
