"""The claims behind a best saving: what they are compared by, and how they are read off a walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.promotions.claims import Claim

Whole = int
"""The states of all machines of a walk in one number."""
Claimed = tuple[int, int, int, int, int, int]
Tag = Claimed | None
"""(bit of the owner or -1, role, applications, price in the end, bounded stacks that take the piece, what it loses
before the stacks if that was worked out beforehand or -1). None: left free, or given to a single-piece promotion."""
Node = tuple[Any, ...]
"""Class, tag, pieces, and the rest of the path.

Of open length to the compiler, which would take one of fixed length apart: paths are told apart by which object they
are (`rows_apart`).
"""
Path = Node | None
ClassKey = tuple[object, object, object]
RowKey = tuple[list[object], list[object], list[object]]


@dataclass(frozen=True, slots=True)
class Label:
    """Claims for one set of used promotions. `loss`: what they save less than the best of the group.

    `mark` is a sum over the claims in any order: labels with one mark have the same claims.
    """

    loss: int
    applications: int
    claimed: int
    path: Path
    mark: int = 0

    def after(self, index: int, tag: Claimed, loss: int, count: int = 1) -> Label:
        """The label with more pieces in front that are treated alike."""
        path = self.path
        if path is not None and path[0] == index and path[1] == tag:
            path = (index, tag, path[2] + count, path[3])
        else:
            path = (index, tag, count, path)
        return Label(
            loss,
            self.applications + tag[2] * count,
            self.claimed + (count if tag[0] >= 0 else 0),
            path,
            # Squared, because sums of tuple hashes alone cancel each other far too often.
            self.mark + hash((index, tag)) ** 2 * count,
        )

    def losing(self, loss: int) -> Label:
        """The same claims, of which more is known that they lose."""
        if loss == self.loss:
            return self
        return Label(loss, self.applications, self.claimed, self.path, self.mark)

    def behind(self, loss: int, applications: int) -> Label:
        """The same claims among those of a group that have more of both."""
        return Label(
            self.loss + loss, self.applications + applications, self.claimed, self.path, self.mark
        )

    @property
    def rank(self) -> tuple[int, int, int]:
        """What labels are compared by before their pieces are looked at."""
        return self.loss, self.applications, self.claimed


@dataclass(frozen=True, slots=True)
class Own:
    """The classes of the basket that a group counts from 0, and for which owners the price in a tag is the price.

    `certain`: bits of these owners, one place higher, so that the lowest stands for none; 0 if no price is.
    """

    indices: Sequence[int]
    certain: int


Labels = dict[tuple[Whole, int], list[Label]]

COMPARED = 5
"""What comparing two labels piece by piece costs in steps."""

TWINS = 64
"""How many claims that tie are kept side by side until their prices are known."""


def before(one: Label, other: Label) -> bool:
    """Whether the claims of one label come before those of another, by the order of the contract."""
    if one.rank != other.rank:
        return one.rank < other.rank
    row, other_row = rows_apart(one.path, other.path)
    return row < other_row


def keep(there: Labels, key: tuple[Whole, int], many: list[Label], *, exact: bool) -> int:
    """Add labels that tie to those of their key if they come first, or tie where prices are not known yet.

    The answer is what that cost in steps of the limit of work.
    """
    known = there.get(key)
    if known is None:
        there[key] = many
        return 0
    rank, best = many[0].rank, known[0].rank
    if rank != best:
        if rank < best:
            there[key] = many
        return 0
    marks = {label.mark for label in known}
    new = [label for label in many if label.mark not in marks]
    if not new:
        return 0
    row, best_row = rows_apart(new[0].path, known[0].path)
    if exact:
        if row < best_row:
            there[key] = many
    elif row[0] < best_row[0]:
        there[key] = many
    elif row[0] == best_row[0]:
        # Not in place: the list may be that of a step before.
        there[key] = [*known, *new][:TWINS]
    return COMPARED


def rows_apart(one: Path, other: Path) -> tuple[RowKey, RowKey]:
    """The three passes along the rows of two paths over the same pieces: claimed first, lower price, smaller promotion.

    Classes that both treat alike, because from there on they are one path, are left out.
    """
    nodes = set()
    path = one
    while path is not None:
        nodes.add(id(path))
        path = path[3]
    shared = other
    while shared is not None and id(shared) not in nodes:
        shared = shared[3]
    return in_order(_row(one, shared)), in_order(_row(other, shared))


def _row(path: Path, end: Path) -> dict[int, ClassKey]:
    """The classes of a path up to where it joins another, with all pieces of the class that lies across."""
    classes: dict[int, dict[tuple[bool, int, int], int]] = {}
    while path is not end and path is not None:
        _count(classes, path)
        path = path[3]
    while path is not None and path[0] in classes:
        _count(classes, path)
        path = path[3]
    return {index: class_key(pieces) for index, pieces in classes.items()}


def _count(classes: dict[int, dict[tuple[bool, int, int], int]], node: Node) -> None:
    index, tag, count, _ = node
    here = classes.setdefault(index, {})
    what = (tag[0] < 0, tag[3], tag[0])
    here[what] = here.get(what, 0) + count


def in_order(row: dict[int, ClassKey]) -> RowKey:
    """What is known of each class, as three lists along the row."""
    known = [row[index] for index in sorted(row)]
    return [free for free, _, _ in known], [p for _, p, _ in known], [o for _, _, o in known]


def row_of(label: Label) -> dict[int, ClassKey]:
    """For each class of a path: which pieces are free, their prices, and who claims them, best first.

    Equal pieces are written once with their number, so that more of what is better comes first.
    """
    return _row(label.path, None)


def class_key(pieces: dict[tuple[bool, int, int], int]) -> ClassKey:
    """The three passes over the pieces of one class: (free, price, owner) with their numbers."""
    if len(pieces) == 1:
        (((left, price, bit), count),) = pieces.items()
        return [(left, -count)], [(price, -count)], [[(bit, -count)]]
    free: dict[bool, int] = {}
    prices: dict[tuple[bool, int], int] = {}
    owners: dict[tuple[bool, int], list[tuple[int, int]]] = {}
    for (left, price, bit), count in sorted(pieces.items()):
        free[left] = free.get(left, 0) - count
        prices[left, price] = prices.get((left, price), 0) - count
        owners.setdefault((left, price), []).append((bit, -count))
    return list(free.items()), [(p, n) for (_, p), n in prices.items()], list(owners.values())


def multiset(label: Label) -> dict[tuple[int, Claimed], int]:
    """The pieces along a path, equal ones together."""
    found: dict[tuple[int, Claimed], int] = {}
    path = label.path
    while path is not None:
        index, tag, count, path = path
        found[index, tag] = found.get((index, tag), 0) + count
    return found


def claims_of(label: Label) -> tuple[list[Claim], dict[int, int]]:
    """The claims along a path, equal ones together, and the applications of each promotion."""
    counts: dict[tuple[int, int, int, int, int], int] = {}
    times: dict[int, int] = {}
    for (index, tag), count in multiset(label).items():
        bit, role, applications, _, stacked, lost = tag
        key = (index, bit, role, stacked, lost)
        counts[key] = counts.get(key, 0) + count
        if bit >= 0:
            times[bit] = times.get(bit, 0) + applications * count
    claims = [
        Claim(index, bit if bit >= 0 else None, role, stacked, count, lost if lost >= 0 else None)
        for (index, bit, role, stacked, lost), count in sorted(counts.items())
    ]
    return claims, times
