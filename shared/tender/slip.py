"""What a card terminal said of a payment, as a receipt keeps it: enough to find it there, never a whole card number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TerminalSlip:
    """Names and numbers as the terminal gave them; empty or None where it gave none.

    `card` is masked but for its last digits, `at` month, day and time on the terminal's clock (`MMDDhhmmss`).
    `customer` and `merchant` are the rows that the terminal wants printed for each of them.
    """

    terminal_id: str = ""
    receipt_number: int | None = None
    trace: int | None = None
    card: str = ""
    card_name: str = ""
    authorisation: str = ""
    at: str = ""
    customer: tuple[str, ...] = ()
    merchant: tuple[str, ...] = ()


def masked(number: str) -> str:
    """The last four digits of a card's number, as screens show it; empty for none."""
    return f"\u2022\u2022\u00a0{number[-4:]}" if number else ""


def masked_on_paper(number: str) -> str:
    """As `masked`, with signs that every printer has."""
    return f"****{number[-4:]}" if number else ""
