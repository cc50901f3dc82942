"""What the architecture tests look at: the product's modules as syntax trees, and the tracked files.

A rule is a function from one `Source` to its offences. It is tried on samples that must fail and on
samples that must pass before it is trusted with the tree.
"""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("shared", "pos_client", "central_server")
EVERYTHING = (*PRODUCT, "tests")


@dataclass(frozen=True)
class Source:
    """A module: path relative to the root of the tree, text, and syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def inside(self, *places: str) -> bool:
        """Tell whether the module is one of the files or lies in one of the folders."""
        return any(self.path == place or self.path.startswith(f"{place}/") for place in places)

    @property
    def name(self) -> str:
        return Path(self.path).stem

    def at(self, node: ast.AST, what: str) -> str:
        """Phrase an offence so that an editor can jump to it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"


Rule = Callable[[Source], Iterator[str]]


def sample(code: str, path: str = "central_server/features/sales/service.py") -> Source:
    """Return code as if it stood at `path`."""
    return Source(path, code, ast.parse(code))


@functools.cache
def modules(*roots: str) -> tuple[Source, ...]:
    """Return all modules below some folders of the tree, and run.py with them."""
    paths = [ROOT / "run.py", *(p for root in roots for p in sorted((ROOT / root).rglob("*.py")))]
    texts = ((path, path.read_text(encoding="utf-8")) for path in paths)
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text)) for path, text in texts
    )


def offences(rule: Rule, *roots: str) -> list[str]:
    """Return what a rule finds in the tree; the product's packages unless told otherwise."""
    return [offence for source in modules(*(roots or PRODUCT)) for offence in rule(source)]


@functools.cache
def tracked_files() -> tuple[str, ...]:
    """Return the files git knows or would add, as paths relative to the root."""
    command = [
        "git",
        "-c",
        f"safe.directory={ROOT}",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    output = subprocess.check_output(command, cwd=ROOT, encoding="utf-8")
    return tuple(path for path in sorted(set(output.split("\0"))) if (ROOT / path).is_file())


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Map each name an import binds, anywhere in the module, to what it stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                names[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """Return the full dotted name an expression stands for, '' if it is no plain name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return ""


def used_names(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Yield every imported thing a module uses: (node, full dotted name), imports themselves too."""
    names = imported_names(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and (full := dotted(node, names)):
            yield node, full
