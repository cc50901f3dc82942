"""Commands of the till, and the short answers that both sides give."""

from __future__ import annotations

from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.fields import AMOUNT, CURRENCY, RECEIPT_NUMBER, fields
from pos_client.devices.terminal.zvt.numbers import to_bcd

REGISTRATION, AUTHORISATION, LOG_OFF, REPEAT_RECEIPT = 0x0600, 0x0601, 0x0602, 0x0620
REVERSAL, REFUND, END_OF_DAY, DIAGNOSIS = 0x0630, 0x0631, 0x0650, 0x0670
ABORT_BY_TILL, STATUS_ENQUIRY = 0x06B0, 0x0501
STATUS, INTERMEDIATE, COMPLETION, ABORT = 0x040F, 0x04FF, 0x060F, 0x061E
PRINT_LINE, PRINT_BLOCK = 0x06D1, 0x06D3
ACCEPTED, REFUSED_CLASS = 0x8000, 0x84

UNSUPPORTED, BUSY = 0x83, 0x9C
NO_ERROR, ABORTED = 0x00, 0x6C

# Receipts are printed by the till (02, 04); status on the way is sent (08); amounts and administration are the till's
# (10, 20); the terminal words the receipts (80).
CONFIGURATION = 0xBE

_CURRENCY_NUMBERS = {
    "EUR": 978,
    "GBP": 826,
    "CHF": 756,
    "USD": 840,
    "JPY": 392,
    "KWD": 414,
}
_CURRENCY_NAMES = {number: name for name, number in _CURRENCY_NUMBERS.items()}


def currency_number(currency: str) -> int:
    """ISO 4217's number of a currency; ValueError for one that no till here takes."""
    if currency not in _CURRENCY_NUMBERS:
        raise ValueError(currency)
    return _CURRENCY_NUMBERS[currency]


def currency_name(number: int | None) -> str:
    """ISO 4217's letters of a number; empty if it is none of ours."""
    return _CURRENCY_NAMES.get(number or 0, "")


def registration(password: int, currency: str) -> Apdu:
    """Log on: who prints what, and in which currency."""
    return Apdu(
        REGISTRATION,
        to_bcd(password, 3) + bytes((CONFIGURATION,)) + to_bcd(currency_number(currency), 2),
    )


def authorisation(amount: int, currency: str) -> Apdu:
    """Take an amount of minor units."""
    return Apdu(AUTHORISATION, _money(amount, currency))


def refund(password: int, amount: int, currency: str) -> Apdu:
    """Give an amount of minor units back."""
    return Apdu(REFUND, to_bcd(password, 3) + _money(amount, currency))


def reversal(password: int, receipt_number: int) -> Apdu:
    """Undo the payment with this number at the terminal."""
    number = fields((RECEIPT_NUMBER, to_bcd(receipt_number, 2))).encode()
    return Apdu(REVERSAL, to_bcd(password, 3) + number)


def with_password(control: int, password: int) -> Apdu:
    """A command that takes the password and nothing else: end of day, repeat receipt, status."""
    return Apdu(control, to_bcd(password, 3))


def accepted() -> Apdu:
    """Heard, and right."""
    return Apdu(ACCEPTED)


def refused(reason: int) -> Apdu:
    """Heard, and refused."""
    return Apdu(REFUSED_CLASS << 8 | reason)


def refusal(message: Apdu) -> int | None:
    """Why a message refuses; None if it is no refusal. `84 00` is an acceptance in older papers."""
    if message.control >> 8 != REFUSED_CLASS or not message.control & 0xFF:
        return None
    return message.control & 0xFF


def is_acceptance(message: Apdu) -> bool:
    """Whether a message says that the last one was heard."""
    return message.control in {ACCEPTED, REFUSED_CLASS << 8}


def _money(amount: int, currency: str) -> bytes:
    number = to_bcd(currency_number(currency), 2)
    return fields((AMOUNT, to_bcd(amount, 6)), (CURRENCY, number)).encode()
