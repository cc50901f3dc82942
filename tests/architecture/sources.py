"""What the architecture tests look at: the product's modules as syntax trees, and the tracked files.

A rule is a function from one `Source` to its offences. It is tried on samples that must fail and on
samples that must pass before it is trusted with the tree.
"""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from central_server.platform.garbage import collector_paused

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

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the tree, outer things first; walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """What each name stands for that an import binds, anywhere in the module."""
        return dict(_bound(self.nodes))

    def at(self, node: ast.AST, what: str) -> str:
        """Phrase an offence so that an editor can jump to it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"


Rule = Callable[[Source], Iterator[str]]


def sample(code: str, path: str = "central_server/features/sales/service.py") -> Source:
    """Return code as if it stood at `path`."""
    return Source(path, code, ast.parse(code))


def modules(*roots: str) -> list[Source]:
    """Return all modules below some folders of the tree, and run.py with them."""
    paths = [ROOT / "run.py", *(p for root in roots for p in sorted((ROOT / root).rglob("*.py")))]
    # Trees stay and have no cycles to find: looking for some takes longer than to parse.
    with collector_paused():
        return [_module(path) for path in paths]


@functools.cache
def _module(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def offences(rule: Rule, *roots: str) -> list[str]:
    """Return what a rule finds in the tree; the product's packages unless told otherwise."""
    with collector_paused():
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


def _bound(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield bound, alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


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
    names = source.names
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and (full := dotted(node, names)):
            yield node, full
