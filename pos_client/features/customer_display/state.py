"""What the customer is shown, ready to show, in the language of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Nobody is being served; goods are rung up; they are paid for; they are paid.
Phase = Literal["idle", "sale", "pay", "paid"]


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One line: `amount` is what counts, `before` what it was without the promotions that `deal` names."""

    name: str
    detail: str
    amount: str
    before: str = ""
    deal: str = ""


@dataclass(frozen=True, slots=True)
class CustomerState:
    """`total` is of the whole receipt, `due` what is still to pay, `given` and `change` once money was given. `refund`:
    what is due goes to the customer. `caption` says what the large amount is, `amount` that amount; `thanks` stands
    where nothing is to pay any more, `notice` is what the card terminal asks of the customer.
    """

    phase: Phase = "idle"
    shop: str = ""
    greeting: str = ""
    lines: tuple[CustomerLine, ...] = ()
    caption: str = ""
    amount: str = ""
    pieces: str = ""
    vat: str = ""
    saved_caption: str = ""
    saved: str = ""
    given_caption: str = ""
    given: str = ""
    total_caption: str = ""
    total: str = ""
    thanks: str = ""
    notice: str = ""
