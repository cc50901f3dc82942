"""What codes of the system are called by people: roles, tenders, VAT categories, states, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from central_server.features.ledger.errors import ERROR_TEXTS as LEDGER
from central_server.features.loyalty.write_off import WriteOffState
from central_server.features.reporting.board import By, Order
from central_server.features.reporting.periods import Grain
from central_server.gateway.journal.errors import ERROR_TEXTS as JOURNAL
from central_server.platform.access import Right, Role
from central_server.platform.translations import Filling, Texts, fill, mark
from shared.basket import StockArea
from shared.customers import ConsentPurpose
from shared.stock import MovementKind
from shared.tax import OUT_OF_SCOPE
from shared.vouchers import CardAction, CardState, VoucherClass
from shared.wire.authorisations import AuthorisationState

ROLE_WORDS: Mapping[str, str] = {
    Role.HEAD_OFFICE: mark("Head office"),
    Role.REGIONAL_MANAGER: mark("Regional manager"),
    Role.STORE_MANAGER: mark("Store manager"),
    Role.MERCHANDISER: mark("Merchandiser"),
    Role.CUSTOMER_CARE: mark("Customer care"),
    Role.ACCOUNTANT: mark("Accountant"),
    Role.AUDITOR: mark("Auditor"),
    Role.CASHIER: mark("Cashier"),
    Role.SALESPERSON: mark("Salesperson"),
}
RIGHT_WORDS: Mapping[str, str] = {
    Right.PAGES: mark("Open the pages of head office"),
    Right.FIGURES_READ: mark("See figures"),
    Right.PLANS_WRITE: mark("Set plans"),
    Right.REPORTS_WRITE: mark("Send reports by mail"),
    Right.JOBS_READ: mark("See jobs"),
    Right.JOBS_RUN: mark("Run jobs"),
    Right.RECEIPTS_READ: mark("See receipts"),
    Right.STORES_READ: mark("See stores"),
    Right.STORES_WRITE: mark("Add and change stores and their tills"),
    Right.TILLS_READ: mark("See tills"),
    Right.JOURNALS_READ: mark("Take journals of tills out"),
    Right.TILLS_WRITE: mark("Let tills join and withdraw them"),
    Right.EXCEPTIONS_READ: mark("See exceptions"),
    Right.EXCEPTIONS_BOOK: mark("Book exceptions again"),
    Right.EXCEPTIONS_DISMISS: mark("Dismiss exceptions"),
    Right.CATALOGUE_READ: mark("See articles"),
    Right.CATALOGUE_WRITE: mark("Change articles"),
    Right.COSTS_READ: mark("See purchase prices and margins"),
    Right.PRICES_READ: mark("See prices"),
    Right.PRICES_WRITE: mark("Change prices"),
    Right.OFFERS_WRITE: mark("Add offers"),
    Right.STOCK_READ: mark("See stock"),
    Right.VALUES_READ: mark("See gift cards, vouchers and what is owed"),
    Right.VALUES_WRITE: mark("Block gift cards"),
    Right.WRITE_OFFS: mark("Write off debts"),
    Right.CUSTOMERS_READ: mark("Find customers and see what they have"),
    Right.CUSTOMERS_WRITE: mark("Block and replace customers' cards"),
    Right.RELEASES_DECIDE: mark("Release what others ask for"),
    Right.PEOPLE_READ: mark("See people"),
    Right.PEOPLE_WRITE: mark("Add and change people"),
    Right.KEYS_WRITE: mark("Issue and revoke API keys"),
    Right.AUDIT_READ: mark("Read the audit trail"),
    Right.RULES_WRITE: mark("Set the chain's rules"),
}
PERIOD_WORDS: Mapping[str, str] = {
    Grain.DAY: mark("Day"),
    Grain.WEEK: mark("Week"),
    Grain.MONTH: mark("Month"),
    Grain.YEAR: mark("Year"),
}
FIGURE_WORDS: Mapping[str, str] = {
    By.TIME: mark("Course"),
    By.STORE: mark("Store"),
    By.CATEGORY: mark("Category"),
    By.ARTICLE: mark("Article"),
    By.PROMOTION: mark("Promotion"),
    By.TEAM: mark("Team"),
    By.HOUR: mark("Hour"),
    By.TENDER: mark("Tender"),
    By.VAT: mark("VAT"),
}
MOVEMENT_WORDS: Mapping[str, str] = {
    MovementKind.SALE: mark("Sold"),
    MovementKind.RETURN: mark("Brought back"),
    MovementKind.RECEIPT: mark("Received"),
    MovementKind.TRANSFER_OUT: mark("Sent away"),
    MovementKind.TRANSFER_IN: mark("Arrived"),
    MovementKind.CORRECTION: mark("Corrected"),
    MovementKind.OPENING: mark("Opening stock"),
}
AREA_WORDS: Mapping[str, str] = {
    StockArea.SECONDS: mark("Seconds"),
    StockArea.QUARANTINE: mark("Quarantine"),
    StockArea.SUPPLIER: mark("Back to the supplier"),
}
STOCK_WORDS: Mapping[str, str] = {
    "all": mark("Everything"),
    "there": mark("In stock"),
    "empty": mark("Sold out"),
    "below": mark("Below zero"),
}
CARD_STATES: Mapping[str, tuple[str, str]] = {
    CardState.PRINTED: (mark("Printed"), ""),
    CardState.ACTIVE: (mark("Active"), "ok"),
    CardState.BLOCKED: (mark("Blocked"), "bad"),
    CardState.EXPIRED: (mark("Expired"), "warning"),
    CardState.REPLACED: (mark("Replaced"), "info"),
}
HOLD_STATES: Mapping[str, tuple[str, str]] = {
    AuthorisationState.APPROVED: (mark("Held"), "info"),
    AuthorisationState.DECLINED: (mark("Declined"), "bad"),
    AuthorisationState.RELEASED: (mark("Released"), ""),
    AuthorisationState.CAPTURED: (mark("Taken"), "ok"),
    AuthorisationState.EXPIRED: (mark("Expired"), "warning"),
}
WRITE_OFF_STATES: Mapping[str, tuple[str, str]] = {
    WriteOffState.ASKED: (mark("Waits for a second person"), "warning"),
    WriteOffState.BOOKED: (mark("Written off"), "ok"),
    WriteOffState.REFUSED: (mark("Refused"), "bad"),
}
CONSENT_WORDS: Mapping[str, str] = {
    ConsentPurpose.MAIL: mark("Post and e-mail"),
    ConsentPurpose.PHONE: mark("Calls and text messages"),
    ConsentPurpose.PROFILE: mark("Purchases used for suggestions"),
}
FIELD_WORDS: Mapping[str, str] = {
    "name": mark("Name"),
    "phone": mark("Telephone"),
    "email": mark("Mail"),
}
WRITE_OFF_PROBLEMS: Mapping[str, str] = {
    "write_off_amount_invalid": mark("What is written off is more than nothing."),
    "number_ambiguous": mark("The amount can be read in two ways: type it with its decimals."),
    "write_off_reason_missing": mark("A write-off needs a reason."),
    "write_off_too_much": mark("That is more than is owed."),
    "write_off_same_person": mark("Above the limit somebody else has to agree."),
    "write_off_decided": mark("Somebody has decided already."),
}
EVENT_ACTIONS: Mapping[str, str] = {
    CardAction.SELL: mark("Sold"),
    CardAction.TOP_UP: mark("Topped up"),
    CardAction.REDEEM: mark("Paid with it"),
    CardAction.REFUND: mark("Given back"),
    CardAction.BLOCK: mark("Blocked"),
    CardAction.UNBLOCK: mark("Unblocked"),
    CardAction.REPLACE: mark("Replaced"),
    CardAction.EXPIRE: mark("Ended"),
}
# Which field a refusal is about, and what to say beside it.
STORE_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "store_id_invalid": ("store_id", mark("Use A to Z, digits and - only.")),
    "store_exists": ("store_id", mark("There is a store of that id.")),
    "store_name_missing": ("name", mark("A store has a name.")),
    "market_invalid": ("market", mark("Two capital letters, such as DE.")),
    "currency_unknown": ("currency", mark("Its ISO code, such as EUR.")),
    "timezone_unknown": ("timezone", mark("A name such as Europe/Berlin.")),
    "day_start_invalid": ("day_starts", mark("0 to 719 minutes.")),
    "till_id_invalid": ("till_id", mark("Use A to Z, digits and - only.")),
    "till_exists": ("till_id", mark("There is a till of that id.")),
}
MAIL_PROBLEMS: Mapping[str, str] = {
    "mail_not_set_up": mark("No mail server is set up"),
    "mail_unreachable": mark("The mail server does not answer"),
    "mail_refused": mark("The mail server refused it"),
    "staff_left": mark("Who set it up has left"),
    "mail_address_invalid": mark("One of the mail addresses is none."),
    "report_mail_invalid": mark("It needs a name and one to twenty mail addresses."),
    "": mark("It could not be sent"),
}
JOB_WORDS: Mapping[str, tuple[str, str]] = {
    "sequencer": (
        mark("Number changes for tills"),
        mark("Puts what changed into the order tills follow."),
    ),
    "snapshots": (
        mark("Build reference files"),
        mark("Makes the file that a new till begins with."),
    ),
    "forget_nonces": (
        mark("Forget spent signatures"),
        mark("Drops signatures too old to count twice."),
    ),
    "prune_feeds": (mark("Shorten the feeds"), mark("Drops changes that every till has.")),
    "ended_batches": (
        mark("Take ended codes off the tills"),
        mark("Takes batches of codes off the tills 90 days after their end, or their promotion's."),
    ),
    "projector": (
        mark("Book receipts"),
        mark("Books what tills sent into sales, stock, figures and the ledger."),
    ),
    "nightly_checks": (
        mark("Check the night through"),
        mark("Compares journals, figures and stock with their parts."),
    ),
    "forget_uploads": (mark("Forget uploads"), mark("Deletes handed-in files after a day.")),
    "gift_cards": (
        mark("End gift cards"),
        mark("Takes what is left on cards whose last day is over."),
    ),
    "voucher_batches": (
        mark("Issue batches of vouchers"),
        mark("Issues what was asked for by the thousand."),
    ),
    "ledger_holds": (mark("Give holds back"), mark("Frees what was held too long.")),
    "ledger_lots": (mark("End lots"), mark("Ends points and credit whose last day is over.")),
    "ledger_nightly": (
        mark("Check the ledger"),
        mark("Compares every balance with its transfers."),
    ),
    "ledger_seal": (
        mark("Seal the ledger"),
        mark("Chains new journals so that none can be changed."),
    ),
    "loyalty": (mark("Give loyalty its due"), mark("Grants and ends what the programme says.")),
    "promotions": (
        mark("Hand out promotions"),
        mark("Tells tills what begins soon and what is over."),
    ),
    "session_cleaning": (mark("Forget sessions"), mark("Deletes sessions that are over.")),
    "budget_stops": (
        mark("Stop spent promotions"),
        mark("Withdraws promotions that have given what their budget stop says."),
    ),
    "webhooks": (mark("Send to webhooks"), mark("Tells other systems what happened.")),
    "forget_webhook_deliveries": (
        mark("Forget deliveries"),
        mark("Deletes what webhooks were told after 30 days."),
    ),
    "settings_rollouts": (
        mark("Roll settings out"),
        mark("Gives new settings to all tills where the first ones fare well."),
    ),
    "report_mails": (mark("Send reports"), mark("Mails the reports whose period is over.")),
    "audit_chain": (
        mark("Seal the audit trail"),
        mark("Chains new entries so that none can be changed."),
    ),
    "customer_looks": (
        mark("Seal looks and consents"),
        mark("Chains who looked at customers, and what customers agreed to."),
    ),
    "chains_nightly": (
        mark("Check the chains"),
        mark("Checks every chain from its first entry and signs where it ends."),
    ),
}
JOB_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "ok": (mark("Done"), "ok"),
    "environment": (mark("Surroundings not right"), "warning"),
    "failed": (mark("Failed"), "bad"),
    "": (mark("Not yet run"), ""),
}
ORDER_WORDS: Mapping[str, str] = {
    Order.GROSS: mark("Gross"),
    Order.PIECES: mark("Pieces"),
    Order.RECEIPTS: mark("Receipts"),
    Order.DISCOUNT: mark("Discount"),
}
# What happened to a thing, and the tone of the badge.
AUDIT_ACTIONS: Mapping[str, tuple[str, str]] = {
    "added": (mark("Added"), "ok"),
    "changed": (mark("Changed"), "info"),
    "removed": (mark("Removed"), "bad"),
    "redacted": (mark("Person taken out"), "warning"),
    "password": (mark("New password"), "warning"),
    "recovery_codes": (mark("New recovery codes"), "warning"),
    "code": (mark("One-time code issued"), "warning"),
    "withdrawn": (mark("Withdrawn"), "bad"),
    "repaired": (mark("Booked again"), "ok"),
    "applied": (mark("Applied"), "ok"),
    "undone": (mark("Undone"), "warning"),
    "decided": (mark("Decided"), "info"),
    "dismissed": (mark("Dismissed"), ""),
    "asked": (mark("Asked for a run"), "info"),
    "exported": (mark("Taken out"), "info"),
    "began": (mark("Begun"), "info"),
    "widened": (mark("Given to more"), "info"),
    "stopped": (mark("Stopped"), "warning"),
    "back": (mark("Taken back"), "warning"),
    "blocked": (mark("Blocked"), "bad"),
    "unblocked": (mark("Let count again"), "ok"),
    "refused": (mark("Refused"), "bad"),
    "dropped": (mark("Dropped"), "warning"),
}
AUDIT_KINDS: Mapping[str, str] = {
    "staff": mark("Person"),
    "api_key": mark("API key"),
    "webhook": mark("Webhook"),
    "till": mark("Till"),
    "exception": mark("Exception"),
    "offer": mark("Offer"),
    "price": mark("Price"),
    "article": mark("Article"),
    "variant": mark("Variant"),
    "price_change": mark("Price change"),
    "release": mark("Release"),
    "rules": mark("Rules"),
    "import": mark("Import"),
    "plan": mark("Plan"),
    "gift_card": mark("Gift card"),
    "report_mail": mark("Report by mail"),
    "store": mark("Store"),
    "job": mark("Job"),
    "customer_card": mark("Customer card"),
    "voucher_batch": mark("Batch of vouchers"),
    "code_batch": mark("Batch of codes"),
    "code": mark("Promotion code"),
    "promotion_case": mark("Check of a promotion"),
    "rollout": mark("Setting"),
    "promotion": mark("Promotion"),
    "budget_stop": mark("Budget stop"),
    "cost": mark("Purchase price"),
    "picture": mark("Picture"),
    "customer": mark("Customer"),
    "voucher": mark("Voucher"),
    "write_off": mark("Write-off"),
    "write_off_limit": mark("Limit of write-offs"),
    "setting": mark("Setting"),
    "promotion_draft": mark("Draft of a promotion"),
}
AUDIT_FIELDS: Mapping[str, str] = {
    "name": mark("Name"),
    "role": mark("Role"),
    "stores": mark("Stores"),
    "language": mark("Language"),
    "team": mark("Team"),
    "state": mark("State"),
    "period": mark("Period"),
    "by": mark("By what"),
    "receivers": mark("Receivers"),
    "incarnation": mark("Incarnation"),
    "entries": mark("Entries"),
    "events": mark("Events"),
    "store": mark("Store"),
    "market": mark("Country"),
    "timezone": mark("Time zone"),
    "address": mark("Address"),
    "vat_id": mark("VAT id"),
    "header_lines": mark("Head of receipts"),
    "day_starts": mark("Start of the trading day"),
    "plan": mark("Plan"),
    "active": mark("Works here"),
    "second_factor": mark("Second factor"),
    "scopes": mark("May do"),
    "revoked": mark("Revoked"),
    "reason": mark("Reason"),
    "offer_kind": mark("Kind"),
    "offer": mark("Offer"),
    "scope": mark("Where"),
    "amount": mark("Amount"),
    "currency": mark("Currency"),
    "valid_from": mark("Valid from"),
    "valid_to": mark("Valid until"),
    "change": mark("Price change"),
    "kept": mark("Kept"),
    "decision": mark("Decision"),
    "brand": mark("Brand"),
    "category": mark("Category"),
    "vat_category": mark("VAT category"),
    "age_class": mark("Sold from the age of"),
    "uom": mark("Unit"),
    "discountable": mark("May be reduced"),
    "images": mark("Pictures"),
    "barcodes": mark("Barcodes"),
    "sold": mark("In sale"),
    "size": mark("Size"),
    "colour": mark("Colour"),
    "price_change": mark("Price change"),
    "promotion": mark("Promotion"),
    "value": mark("Value"),
    "tills": mark("Tills"),
    "url": mark("Web address"),
    "topics": mark("What it tells"),
    "paused": mark("Paused"),
    "ended": mark("Ended"),
    "customer": mark("Customer"),
    "kind": mark("Kind"),
    "unit": mark("Unit"),
    "note": mark("Note"),
}
# What somebody looked at a customer for.
LOOK_WORDS: Mapping[str, str] = {
    "search": mark("Search"),
    "show": mark("Page of the customer"),
    "customer page": mark("Page of the customer"),
    "statement": mark("Statement"),
    "write-off": mark("Write-off"),
}
# Whether the codes of a batch count.
BATCH_STATES: Mapping[str, tuple[str, str]] = {
    "counts": (mark("In force"), "ok"),
    "blocked": (mark("Blocked"), "bad"),
    "ended": (mark("Ended"), ""),
    "planned": (mark("Planned"), "info"),
}
# What became of a code that a till wanted.
CODE_HOLD_STATES: Mapping[str, tuple[str, str]] = {
    "approved": (mark("On an open receipt"), "info"),
    "captured": (mark("Used"), "ok"),
    "returned": (mark("Came back with its goods"), ""),
}
# What a code can stand for.
CODE_KINDS: Mapping[str, str] = {
    "customer": mark("Customer"),
    "staff": mark("Staff"),
    "gift_card": mark("Gift card"),
    "voucher": mark("Voucher"),
    "approval": mark("Approval slip"),
    "receipt": mark("Receipt"),
    "article": mark("Article"),
}
TENDER_WORDS: Mapping[str, str] = {
    "cash": mark("Cash"),
    "card": mark("Card"),
    "gift_card": mark("Gift card"),
    "voucher": mark("Voucher"),
    "points": mark("Points"),
    "wallet": mark("Wallet"),
    "cashback": mark("Cashback"),
    "bonus": mark("Bonus"),
    "store_credit": mark("Store credit"),
    "invoice": mark("On invoice"),
    "change": mark("Change"),
}
VAT_WORDS: Mapping[str, str] = {
    "standard": mark("Standard"),
    "reduced": mark("Reduced"),
    "second_reduced": mark("Second reduced"),
    "selected_food": mark("Selected food"),
    "zero": mark("Zero"),
    OUT_OF_SCOPE: mark("Outside the scope of VAT"),
}
PURPOSE_WORDS: Mapping[str, str] = {
    VoucherClass.SINGLE: mark("single-purpose, taxed at issue"),
    VoucherClass.MULTI: mark("multi-purpose"),
    VoucherClass.GIVEN: mark("given away"),
}
RECEIPT_MODE_WORDS: Mapping[str, str] = {"training": mark("Training"), "demo": mark("Demo")}
EXCEPTION_STATES: Mapping[str, tuple[str, str]] = {
    "open": (mark("Open"), "warning"),
    "repaired": (mark("Booked"), "ok"),
    "dismissed": (mark("Dismissed"), ""),
}
# What a `part` of a receipt is called in reasons.
PART_WORDS: Mapping[str, str] = {
    "lines": mark("Lines"),
    "vat": mark("VAT"),
    "tenders": mark("Tenders"),
}
_UNKNOWN_REASON = mark("The event could not be booked ({code}).")


def word(texts: Texts, words: Mapping[str, str], code: str) -> str:
    """The translated word for a code; the code itself if there is none yet."""
    found = words.get(code)
    return texts.gettext(found) if found is not None else code


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an event waits, and what to do next."""

    message: str
    what_next: str


def reason(texts: Texts, code: str, params: Mapping[str, Filling]) -> Reason:
    """The reason of an exception in words."""
    found = JOURNAL.get(code) or LEDGER.get(code)
    if found is None:
        return Reason(texts.gettext(_UNKNOWN_REASON, code=code), "")
    named = {
        name: word(texts, PART_WORDS, str(value)) if name == "part" else value
        for name, value in params.items()
    }
    # A message id is English and stands in the catalogue like any other; the values come after.
    return Reason(
        fill(texts.gettext(found.message), named), fill(texts.gettext(found.what_next), named)
    )
