"""Messages in words for a trace: everything that is a password, a card's or unreadable is left out."""

from __future__ import annotations

from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt.answers import Receipts, read_progress
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.fields import Fields, read_fields

_NAMES = {
    zvt.REGISTRATION: "registration",
    zvt.AUTHORISATION: "authorisation",
    zvt.LOG_OFF: "log-off",
    zvt.REPEAT_RECEIPT: "repeat receipt",
    zvt.REVERSAL: "reversal",
    zvt.REFUND: "refund",
    zvt.END_OF_DAY: "end of day",
    zvt.DIAGNOSIS: "diagnosis",
    zvt.ABORT_BY_TILL: "abort by till",
    zvt.STATUS_ENQUIRY: "status enquiry",
    zvt.STATUS: "status",
    zvt.INTERMEDIATE: "progress",
    zvt.COMPLETION: "completion",
    zvt.ABORT: "abort",
    zvt.PRINT_LINE: "row",
    zvt.PRINT_BLOCK: "rows",
    zvt.ACCEPTED: "accepted",
}
# Octets before the fields: a password, which is not shown, or a result.
_PASSWORD = {zvt.REVERSAL: 3, zvt.REFUND: 3}
_RESULT = {zvt.ABORT: 1}
_WITH_FIELDS = frozenset((zvt.AUTHORISATION, zvt.STATUS, *_PASSWORD, *_RESULT))


def describe(message: Apdu) -> str:
    """What a message says, in one line."""
    name = _NAMES.get(message.control, f"{message.control:04x}")
    refusal = zvt.refusal(message)
    if refusal is not None:
        return f"refused {refusal:02x}"
    return f"{name} [{len(message.data)}]{_inside(message)}"


def _inside(message: Apdu) -> str:
    try:
        if message.control in _WITH_FIELDS:
            at = _PASSWORD.get(message.control, 0) + _RESULT.get(message.control, 0)
            result = message.data[:at].hex() if message.control in _RESULT else ""
            return f" {result}{_shown(read_fields(message.data[at:]))}"
        if message.control == zvt.INTERMEDIATE:
            code, words = read_progress(message)
            return f" {code:02x} {words}"
        if message.control in {zvt.PRINT_LINE, zvt.PRINT_BLOCK}:
            receipts = Receipts()
            receipts.take(message)
            return " " + " | ".join(row for rows in receipts.rows.values() for row in rows)
    except ZvtError as error:
        return f" unreadable: {error}"
    return ""


def _shown(said: Fields) -> str:
    unread = f" and {len(said.unread)} octets that nobody knows" if said.unread else ""
    return " ".join(f"{tag:02x}={value.hex()}" for tag, value in said.items) + unread
