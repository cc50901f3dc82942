"""What the sheets of customers show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerHitRow:
    """One customer: `detail` tells them from others of their name."""

    number: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class FinderState:
    """Customers who fit `query`. `notice` says that there are none, or more; `asks` that the centre may know others."""

    query: str = ""
    rows: tuple[CustomerHitRow, ...] = ()
    notice: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What was typed of a new customer; `consents` are the keys of what they agreed to."""

    name: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""
    consents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a customer says: a `note`, another `name`, `phone` or `email` with its `text`, or a `consent` of a `purpose`
    that is `given` or taken back.
    """

    kind: str
    text: str = ""
    purpose: str = ""
    given: bool = True

    @property
    def about(self) -> str:
        """What it is about: the later of two about the same counts, but of notes all do."""
        return self.purpose or self.kind


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One statement in words; `detail` says who heard it when."""

    statement: Statement
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class SaidState:
    """What was heard of a customer and not kept yet, oldest first."""

    number: str
    name: str
    rows: tuple[SaidRow, ...] = ()

    def consent(self, purpose: str) -> bool | None:
        """Whether they just agreed to a purpose or took it back; None if they said nothing of it."""
        said = (row.statement for row in self.rows)
        return next((one.given for one in said if one.purpose == purpose), None)
