"""What the simulated terminal says. Every receipt of it says plainly that no money moved."""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt import fields as bmp
from pos_client.devices.terminal.zvt.answers import (
    ADMINISTRATION,
    CUSTOMER,
    MERCHANT,
    RECEIPT_KIND,
    TEXT_LINE,
    TEXT_LINES,
)
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.characters import write_text
from pos_client.devices.terminal.zvt.fields import counted, fields
from pos_client.devices.terminal.zvt.numbers import to_bcd
from pos_client.devices.terminal.zvt.tlv import Tlv, encode_tlvs

_TERMINAL_ID = bytes.fromhex("99000001")
_CARD = bytes.fromhex("eeeeeeeeeeee0014")
_INTERMEDIATE_TEXTS = 0x24
_VISA = 0x0A


@dataclass(frozen=True, slots=True)
class Booking:
    """What the terminal took (positive) or gave, in minor units of `currency` (ISO 4217's number). `reverses` is the
    booking that it undoes; `closed` is whether an end of day holds it, `undone` whether another one undid it.
    """

    trace: int
    amount: int
    currency: int = 978
    reverses: Booking | None = None
    closed: bool = False
    undone: bool = False

    @property
    def receipt(self) -> int:
        """Its receipt number: four digits."""
        return self.trace % 10_000


def status(booking: Booking) -> Apdu:
    """The status information of a payment that took place."""
    return _status(
        (bmp.RESULT, b"\x00"),
        (bmp.AMOUNT, to_bcd(abs(booking.amount), 6)),
        (bmp.TRACE, to_bcd(booking.trace % 1_000_000, 3)),
        (bmp.TIME, to_bcd(120000 + booking.trace % 60, 3)),
        (bmp.DATE, to_bcd(1127, 2)),
        (bmp.CARD_NUMBER, _CARD),
        (bmp.TERMINAL_ID, _TERMINAL_ID),
        (bmp.AUTHORISATION, f"{booking.trace % 1_000_000:06d}  ".encode("ascii")),
        (bmp.CURRENCY, to_bcd(booking.currency, 2)),
        (bmp.RECEIPT_NUMBER, to_bcd(booking.receipt, 2)),
        (bmp.CARD_TYPE, bytes((_VISA,))),
        (bmp.CARD_NAME, b"TESTKARTE\x00"),
    )


def failure(result: int) -> Apdu:
    """The status information of a payment that did not take place."""
    text = "Abbruch durch Kunde" if result == zvt.ABORTED else "Abgelehnt"
    return _status(
        (bmp.RESULT, bytes((result,))),
        (bmp.TERMINAL_ID, _TERMINAL_ID),
        (bmp.ADDITIONAL_TEXT, write_text(text)),
    )


def progress(code: int, text: str) -> Apdu:
    """An intermediate status with its words."""
    words = Tlv(_INTERMEDIATE_TEXTS, (Tlv(TEXT_LINE, write_text(text)),))
    return Apdu(
        zvt.INTERMEDIATE, bytes((code, 1)) + fields((bmp.CONTAINER, words.encode())).encode()
    )


def receipts(booking: Booking) -> list[Apdu]:
    """The merchant's receipt as a block, the customer's row by row: terminals do both."""
    rows = [
        "** SIMULATOR - KEINE ZAHLUNG **",
        f"Terminal-ID {_TERMINAL_ID.hex()}",
        f"Beleg-Nr {booking.receipt:04d}  Trace {booking.trace:06d}",
        "Gutschrift für Händler" if booking.amount < 0 else "Kartenzahlung",
        f"{abs(booking.amount) // 100},{abs(booking.amount) % 100:02d}",
    ]
    customer = Tlv(RECEIPT_KIND, bytes((CUSTOMER,)))
    tail = fields((bmp.CONTAINER, customer.encode())).encode()
    lines = [Apdu(zvt.PRINT_LINE, b"\x00" + write_text(row) + tail) for row in rows]
    return [_block(MERCHANT, rows), *lines]


def registered() -> Apdu:
    """The completion of a registration."""
    said = fields((bmp.TERMINAL_ID, _TERMINAL_ID), (bmp.CURRENCY, to_bcd(978, 2)))
    return Apdu(zvt.COMPLETION, said.encode())


def state() -> Apdu:
    """The completion of a status enquiry: ready."""
    return Apdu(zvt.COMPLETION, counted(b"SIMULATOR", 3) + b"\x00")


def diagnosis() -> list[Apdu]:
    """What a diagnosis says."""
    return [_block(ADMINISTRATION, ["** SIMULATOR **", "Diagnose erfolgreich"])]


def day(bookings: list[Booking]) -> list[Apdu]:
    """Sums and receipt of an end of day."""
    amount = sum(booking.amount for booking in bookings)
    first, last = (bookings[0].receipt, bookings[-1].receipt) if bookings else (0, 0)
    kind = bytes((len(bookings) & 0xFF,)) + to_bcd(max(amount, 0), 6)
    nothing = bytes(7)
    totals = to_bcd(first, 2) + to_bcd(last, 2) + nothing * 4 + kind + nothing * 2
    return [
        _status(
            (bmp.RESULT, b"\x00"),
            (bmp.AMOUNT, to_bcd(max(amount, 0), 6)),
            (bmp.CURRENCY, to_bcd(bookings[0].currency if bookings else 978, 2)),
            (bmp.TOTALS, totals),
        ),
        _block(ADMINISTRATION, ["** SIMULATOR **", "Kassenschnitt", f"{len(bookings)} Zahlungen"]),
    ]


def _block(kind: int, rows: list[str]) -> Apdu:
    lines = tuple(Tlv(TEXT_LINE, write_text(row)) for row in rows)
    inside = encode_tlvs((Tlv(RECEIPT_KIND, bytes((kind,))), Tlv(TEXT_LINES, lines)))
    return Apdu(zvt.PRINT_BLOCK, fields((bmp.CONTAINER, inside)).encode())


def _status(*items: tuple[int, bytes]) -> Apdu:
    return Apdu(zvt.STATUS, fields(*items).encode())
