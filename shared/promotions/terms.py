"""A promotion as data: conditions, what it takes, reward, limits. Amounts are minor units of the currency.

Percentages are millionths (`20 %` is 200000), so that every reduction is one exact integer division.
Meaning of each word: docs/promotions.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Select:
    """Which pieces: keys are all-of, values of one key any-of; nothing said is everything."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    none_of: Select | None = None
    any_of: tuple[Select, ...] = ()
    all_of: tuple[Select, ...] = ()

    @property
    def names_lines(self) -> bool:
        """Whether it tells lines of the receipt apart by their id."""
        inner = (*self.any_of, *self.all_of, *((self.none_of,) if self.none_of else ()))
        return bool(self.lines) or any(select.names_lines for select in inner)


EVERYTHING = Select()


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `if`: a value or a number of pieces to reach, or any of several conditions."""

    spend: int | None = None
    quantity: int | None = None
    of: Select = EVERYTHING
    on_list: bool = False
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """When, where and with what it holds; `hours` in minutes of the day, end exclusive."""

    start: datetime | None = None
    until: datetime | None = None
    weekdays: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    tenders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Who:
    """What must be known of the customer; each list is any-of."""

    lists: tuple[tuple[str, frozenset[str]], ...] = ()
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    ids: frozenset[str] = frozenset()
    birthday_within_days: int | None = None
    member_for_days: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one promotion on one receipt, and of all receipts together."""

    applications: int | None = None
    pieces: int | None = None
    pick: str = "best"
    amount: int | None = None
    total: int | None = None
    per_customer: int | None = None
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Off:
    """What a piece loses: `percent` millionths of it, an `amount`, or all above a `price`."""

    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of tiers; `start` is a number of pieces or a value in minor units."""

    start: int
    off: Off


@dataclass(frozen=True, slots=True)
class Tiers:
    """Steps, ascending. `mode` all or each, `by` quantity or spend."""

    by: str
    steps: tuple[Step, ...]
    mode: str = "all"
    cheapest_first: bool = False


@dataclass(frozen=True, slots=True)
class BundleSet:
    """How many pieces of what one application needs."""

    of: Select
    quantity: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Sets that are filled together. `form` price, percent, amount, reduce or cheapest.

    `off` is the reduction of the pieces aimed at (`price` and `amount`: of the application as a whole);
    `target` is the index of the reduced set, or how many of the cheapest pieces are reduced.
    """

    sets: tuple[BundleSet, ...]
    form: str
    off: Off
    target: int = 0

    @property
    def size(self) -> int:
        """Pieces of one application."""
        return sum(each.quantity for each in self.sets)

    @property
    def aimed(self) -> int:
        """Pieces of one application that the reward is aimed at."""
        if self.form == "reduce":
            return self.sets[self.target].quantity
        return self.target if self.form == "cheapest" else self.size


@dataclass(frozen=True, slots=True)
class Each:
    """For each full `spend`, `amount` off."""

    spend: int
    amount: int


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the customer is given beside the goods; the fields that its `kind` uses are set.

    `kind` points, points_factor, wallet, cashback, voucher, gift or shipping. `factor` is in millionths.
    """

    kind: str
    percent: int | None = None
    amount: int | None = None
    per: int | None = None
    give: int = 0
    factor: int = 0
    next_percent: str | None = None
    valid_days: int = 0
    skus: tuple[str, ...] = ()
    quantity: int = 0


Reward = Off | Tiers | Bundle | Each | Benefit


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion as published. `combine` one, stack or exclusive; `stage` item, basket or benefit."""

    id: str
    reward: Reward
    name: str = ""
    priority: int = 0
    stage: str = "item"
    combine: str = "one"
    group: str | None = None
    only_unreduced: bool = False
    when: When = field(default_factory=When)
    who: Who | None = None
    conditions: tuple[Condition, ...] = ()
    take: Select = EVERYTHING
    limit: Limit = field(default_factory=Limit)


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of the customer on the receipt; None means the fact is not known."""

    id: str | None = None
    lists: tuple[tuple[str, frozenset[str]], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    birthday: date | None = None
    since: date | None = None
    purchases: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a limited promotion has been used so far: in all, by this customer, and the amount given."""

    total: int = 0
    customer: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a receipt. `at` carries the offset of the store's clock; `written` is how it was given."""

    at: datetime
    written: str = ""
    currency: str = "EUR"
    exponent: int = 2
    store: str | None = None
    channel: str = "store"
    strategy: str = "best_for_customer"
    explain: str = "near"
    codes: frozenset[str] = frozenset()
    tenders: tuple[str, ...] = ()
    shipping: int | None = None
    customer: Customer | None = None
    usage: dict[str, Usage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line as the engine sees it. `quantity` in thousandths; `price` and `floor` of one unit."""

    id: str
    sku: str
    quantity: int
    price: int
    tax: str = "0"
    floor: int = 0
    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    discountable: bool = True
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One basket to be priced; `promotions` may be left empty when a book is given beside it."""

    context: Context
    lines: tuple[BasketLine, ...]
    promotions: tuple[Promotion, ...] = ()
