"""Texts of what the ledger refuses, and of what its nightly check finds."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

_BUG = "The ledger booked nothing. Report it with this event."
_ALTERED = "Somebody or something changed the database behind the ledger. Keep a copy and restore."
_CHECK = "Run ledger verify, find what differs, and keep this open until it agrees."

ERROR_TEXTS: ErrorTexts = {
    "ledger_unit_invalid": ErrorText("{unit} is no name for points.", "Use A-Z and 0-9."),
    "ledger_journal_empty": ErrorText("There is nothing to book.", _BUG),
    "ledger_word_invalid": ErrorText("A booking has a malformed name.", _BUG),
    "ledger_amount_invalid": ErrorText("An amount is zero, negative or too large.", _BUG),
    "ledger_account_same": ErrorText("A booking has one account on both sides.", _BUG),
    "ledger_unit_differs": ErrorText("A booking mixes two units.", _BUG),
    "ledger_phase_invalid": ErrorText("A hold is incomplete.", _BUG),
    "ledger_lot_invalid": ErrorText("The account keeps no lots.", _BUG),
    "ledger_overdrawn": ErrorText(
        "The account has {free}, {amount} are asked for.", "Ask for less."
    ),
    "ledger_lots_short": ErrorText(
        "{free} can be spent today, {amount} are asked for.", "Ask for less."
    ),
    "ledger_account_closed": ErrorText("The account is closed.", "Use another one."),
    "ledger_account_unknown": ErrorText("There is no account {account}.", "Check the number."),
    "ledger_hold_unknown": ErrorText("Nothing is held under this number.", "Check the number."),
    "ledger_hold_ended": ErrorText("What was held is taken or given back already."),
    "ledger_hold_expired": ErrorText("What was held came free when its time was over."),
    "ledger_hold_other": ErrorText("The hold is on other accounts, or on less.", _BUG),
    "ledger_journal_unknown": ErrorText("There is no booking {journal}.", "Check the number."),
    "ledger_journal_differs": ErrorText(
        "Booking {journal} is there already, with other amounts.", _BUG
    ),
    "drawer_sums_differ": ErrorText(
        "The difference is not what was counted less what was expected.",
        "Look at the event; nothing of it is booked in the ledger.",
    ),
    "drawer_of_other_store": ErrorText(
        "The event names store {store} in {currency}, where this till is not.",
        "Look at the event, mend the cause and press Retry.",
    ),
    "ledger_day_differs": ErrorText(
        "{store}, {day}: {what} is {ledger} in the ledger and {receipts} in the receipts ({currency}).",
        _CHECK,
    ),
    "ledger_clearing_open": ErrorText(
        "Booking {journal} leaves {amount} on the clearing account {account}.", _CHECK
    ),
    "ledger_unit_unbalanced": ErrorText(
        "Debits and credits in {unit} differ by {amount}.", _ALTERED
    ),
    "ledger_counters_differ": ErrorText(
        "The counters of account {account} are not the sums of its transfers.", _ALTERED
    ),
    "ledger_floor_broken": ErrorText("Account {account} is below its floor.", _ALTERED),
    "ledger_hold_broken": ErrorText(
        "Transfer {transfer} ends a hold on other accounts, or takes more than was held.", _ALTERED
    ),
    "ledger_lots_differ": ErrorText(
        "The lots of account {account} hold {lots}, its balance is {balance}.", _ALTERED
    ),
    "ledger_lot_use_differs": ErrorText(
        "Lot {lot} has {remaining} left, {expected} after what was taken.", _ALTERED
    ),
    "ledger_checkpoint_differs": ErrorText(
        "The checkpoint of account {account} is not the sum of its transfers.",
        "Run ledger checkpoint --again.",
    ),
    "ledger_digest_differs": ErrorText("Booking {journal} is not as it was posted.", _ALTERED),
    "ledger_block_differs": ErrorText(
        "Block {block} of the ledger's chain does not hold.", _ALTERED
    ),
    "ledger_more_differs": ErrorText("{count} more things differ.", "Run ledger verify."),
}
