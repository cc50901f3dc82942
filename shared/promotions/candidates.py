"""The open promotions of a basket with what they could do to its classes, before anything is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.promotions.basket import Basket, bits
from shared.promotions.book import Entry
from shared.promotions.gates import Gate
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Promotion, Tiers


@dataclass(slots=True)
class Candidate:
    """A price promotion that is open. `bit` is its place in the sets of used promotions of this basket.

    `mask`: classes it may claim or reduce. `sets`: the classes each set of its bundle may use. `allowed`: how many
    pieces of a class it may claim where `pick` says so; the pieces of the classes `shared` have `room` together.
    `pieces`: how many it may claim in all; `times`: how many applications it may have; `cap`: what it may take off.
    """

    entry: Entry
    promotion: Promotion
    cap: int | None
    bit: int = 0
    mask: int = 0
    sets: tuple[int, ...] = ()
    off: dict[int, int] = field(default_factory=dict)
    pieces: int | None = None
    times: int | None = None
    shared: int = 0
    room: int = 0

    def limited(self, mask: int, sets: tuple[int, ...] | None = None) -> Candidate:
        """The same promotion for some of its classes only."""
        return self.moved(
            self.bit, mask, self.sets if sets is None else sets, self.off, self.shared & mask
        )

    def moved(
        self, bit: int, mask: int, sets: tuple[int, ...], off: dict[int, int], shared: int
    ) -> Candidate:
        """The same promotion with another bit and other classes. Spelled out: `replace` takes five times as long."""
        return Candidate(
            self.entry,
            self.promotion,
            self.cap,
            bit,
            mask,
            sets,
            off,
            self.pieces,
            self.times,
            shared,
            self.room,
        )

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands in the sequence of stacked reductions: higher priority first, then id."""
        return (-self.promotion.priority, self.promotion.id)

    @property
    def stateless(self) -> bool:
        """Whether what it gives to a piece depends on that piece alone."""
        plain = isinstance(self.promotion.reward, Off) and self.promotion.group is None
        return plain and not self.bounded

    @property
    def bounded(self) -> bool:
        """Whether it cannot simply take every piece it can reduce."""
        return self.cap is not None or self.pieces is not None or bool(self.shared)


def item_candidate(entry: Entry, basket: Basket, gate: Gate) -> Candidate | None:
    """What an open item promotion could do to this basket's pieces; None if it cannot save anything."""
    promotion = entry.promotion
    found = Candidate(entry, promotion, gate.cap(promotion))
    reward = promotion.reward
    if isinstance(reward, Bundle):
        fits = _bundle(found, reward, basket)
    elif isinstance(reward, Tiers):
        fits = _tiers(found, reward, basket)
    else:
        fits = isinstance(reward, Off) and _pieces(found, reward, basket)
    if not fits or found.cap == 0:
        return None
    return found


def _pieces(found: Candidate, off: Off, basket: Basket) -> bool:
    mask = found.entry.take.mask(basket) & basket.discountable
    limit = found.promotion.limit
    found.off = offs(off, basket, mask)
    if found.promotion.combine == "stack":
        # Earlier reductions decide what a stack still can do, so nothing is ruled out by list prices.
        found.mask = mask
        found.pieces = limit.pieces
        if found.pieces is not None and limit.pick != "best" and not found.promotion.only_unreduced:
            _pick(found, basket, limit.pieces or 0)
            found.pieces = limit.pieces
    else:
        found.mask = mask_of_saving(found.off)
        found.pieces = limit.pieces
        if limit.pieces is not None and limit.pick != "best":
            found.mask = mask
            _pick(found, basket, limit.pieces)
            found.mask &= mask_of_saving(found.off)
            found.shared &= found.mask
        if found.pieces is not None and found.pieces >= basket.pieces(found.mask):
            found.pieces = None
        full = sum(found.off[i] * basket.classes[i].count for i in bits(found.mask))
        if found.cap is not None and found.cap >= full:
            found.cap = None
    return found.mask != 0


def _pick(found: Candidate, basket: Basket, pieces: int) -> None:
    """Fix which pieces `pick` leaves: whole groups of equal pieces, and of the last group some."""
    classes = basket.classes
    row = list(bits(found.mask))
    if found.promotion.limit.pick == "cheapest":
        row.sort(key=lambda i: (classes[i].price, i))
    allowed, rest, place = 0, pieces, 0
    while place < len(row) and rest > 0:
        first = classes[row[place]]
        group = []
        while place < len(row):
            here = classes[row[place]]
            if (here.price, here.floor, here.sku) != (first.price, first.floor, first.sku):
                break
            group.append(row[place])
            place += 1
        size = sum(classes[i].count for i in group)
        for i in group:
            allowed |= 1 << i
        if size > rest:
            found.shared = sum(1 << i for i in group)
            found.room = rest
        rest -= size
    found.mask = allowed
    found.pieces = None


def _tiers(found: Candidate, tiers: Tiers, basket: Basket) -> bool:
    found.mask = found.entry.take.mask(basket) & basket.discountable
    found.pieces = found.promotion.limit.pieces
    if found.pieces is not None and found.pieces >= basket.pieces(found.mask):
        found.pieces = None
    most = basket.pieces(found.mask) if tiers.by == "quantity" else basket.value(found.mask)
    if tiers.by == "quantity" and found.pieces is not None:
        most = min(most, found.pieces)
    return found.mask != 0 and most >= tiers.steps[0].start


def _bundle(found: Candidate, bundle: Bundle, basket: Basket) -> bool:
    limit = found.promotion.limit
    times = [] if limit.applications is None else [limit.applications]
    if limit.pieces is not None:
        times.append(limit.pieces // bundle.aimed)
    found.times = min(times) if times else None
    if found.times == 0:
        return False
    sets = []
    for place, of in enumerate(found.entry.sets):
        unreduced = bundle.form == "reduce" and place != bundle.target
        sets.append(of.mask(basket) & (basket.counting if unreduced else basket.discountable))
    if bundle.form == "reduce":
        found.off = offs(bundle.off, basket, sets[bundle.target])
        if bundle.sets[bundle.target].quantity == 1:
            sets[bundle.target] = mask_of_saving(found.off)
    found.sets = tuple(sets)
    for each, mask in zip(bundle.sets, sets, strict=True):
        found.mask |= mask
        if basket.pieces(mask) < each.quantity:
            return False
    if bundle.form in ("percent", "cheapest"):
        found.off = offs(bundle.off, basket, found.mask)
    return basket.pieces(found.mask) >= bundle.size


def offs(off: Off, basket: Basket, mask: int) -> dict[int, int]:
    """What a piece of each class would lose at its list price."""
    classes = basket.classes
    return {i: reduction(off, classes[i].price, classes[i].floor) for i in bits(mask)}


def mask_of_saving(off: dict[int, int]) -> int:
    """The classes that would lose something."""
    return sum(1 << i for i, lost in off.items() if lost)
