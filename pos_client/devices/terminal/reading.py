"""What a terminal's fields mean for the till."""

from __future__ import annotations

from pos_client.devices.terminal.port import CardResult, DayTotals, Ending
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt import fields as bmp
from pos_client.devices.terminal.zvt.answers import (
    CUSTOMER,
    MERCHANT,
    Receipts,
    card_number,
    read_totals,
)
from pos_client.devices.terminal.zvt.fields import Fields


def card_result(
    said: Fields, receipts: Receipts, aborted: tuple[int, str] | None, *, finished: bool
) -> CardResult:
    """How a payment ended. `finished` is whether the terminal said that it is done; `ZvtError` for broken fields."""
    result = said.octet(bmp.RESULT)
    code, text = aborted if aborted is not None else (-1 if result is None else result, "")
    date, time = said.get(bmp.DATE) or b"", said.get(bmp.TIME) or b""
    return CardResult(
        ending=_ending(result, code, aborted=aborted is not None, finished=finished),
        amount=said.number(bmp.AMOUNT),
        currency=zvt.currency_name(said.number(bmp.CURRENCY)),
        trace=said.number(bmp.TRACE),
        receipt_number=said.number(bmp.RECEIPT_NUMBER),
        terminal_id=(said.get(bmp.TERMINAL_ID) or b"").hex(),
        card=card_number(said),
        card_name=said.text(bmp.CARD_NAME),
        authorisation=said.text(bmp.AUTHORISATION),
        result=code,
        text=text or said.text(bmp.ADDITIONAL_TEXT),
        at=(date + time).hex() if date and time else "",
        merchant_receipt=receipts.kind(MERCHANT),
        customer_receipt=receipts.kind(CUSTOMER),
    )


def day_totals(said: Fields | None, receipt: tuple[str, ...], currency: str) -> DayTotals:
    """The sums of an end of day; `ZvtError` for broken fields."""
    if said is None:
        return DayTotals(0, currency, receipt=receipt)
    totals = read_totals(said)
    return DayTotals(
        amount=said.number(bmp.AMOUNT) or 0,
        currency=zvt.currency_name(said.number(bmp.CURRENCY)) or currency,
        first_receipt=totals.first_receipt if totals else 0,
        last_receipt=totals.last_receipt if totals else 0,
        by_card=tuple((k.name, k.count, k.amount) for k in totals.kinds) if totals else (),
        receipt=receipt,
    )


def _ending(result: int | None, code: int, *, aborted: bool, finished: bool) -> Ending:
    if not finished:
        return Ending.UNKNOWN
    if result == zvt.NO_ERROR and not aborted:
        return Ending.APPROVED
    if result is None and not aborted:
        # A completion without a word about money: what was completed has to be asked.
        return Ending.UNKNOWN
    return Ending.CANCELLED if code == zvt.ABORTED else Ending.DECLINED
