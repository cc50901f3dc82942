"""From a print job to bytes: which paper a journalled event becomes, in the language of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from pos_client.devices.printer.escpos import drawer_job, encode
from pos_client.devices.printer.profiles import STANDARD, PrinterProfile
from pos_client.storage.identity import TillIdentity
from pos_client.storage.print_queue import PrintJob
from shared.errors import DomainError
from shared.identity import Clock
from shared.journal import parse_body, receipt_from_body
from shared.journal.reader import BodyReader
from shared.receipt import Receipt, RecordedMode
from shared.receipt.card_rows import merchant_papers, terminal_day_paper
from shared.receipt.layout import (
    LOGO,
    CashSlip,
    ReceiptTexts,
    Sheet,
    cash_slip_paper,
    gift_paper,
    receipt_paper,
    trial_paper,
)
from shared.receipt.paper import Paper
from shared.receipt.voucher_paper import voucher_papers
from shared.tender import TenderKind

# A drawer that springs open long after the sale opens for somebody else.
DRAWER_WITHIN = timedelta(minutes=2)

FindEvent = Callable[[UUID], tuple[str, bytes] | None]

_TERMINAL_DAY = "terminal.day_closed"
_WITHOUT_NUMBER = {"cash.moved", _TERMINAL_DAY}


class PrintPapers:
    """Papers of one till for one printer. `logo` is the file of a picture, empty for none; `profile` the printer's."""

    def __init__(
        self,
        identity: TillIdentity,
        texts: ReceiptTexts,
        clock: Clock,
        width: int,
        logo: bytes,
        profile: PrinterProfile = STANDARD,
    ) -> None:
        self._profile = profile
        self._till_id = identity.till_id
        self._texts = texts
        self._clock = clock
        self._images = {LOGO: logo} if logo else {}
        self._sheet = Sheet(identity.seller(), texts, width, bool(logo))

    def age(self, job: PrintJob) -> timedelta:
        """How long ago the event of a job was, by the business clock; never below zero."""
        then = BodyReader(parse_body(job.body)).time("occurred_at")
        return max(self._clock.now() - then, timedelta(0))

    def job_bytes(self, job: PrintJob, find: FindEvent) -> bytes:
        """What the printer is sent. `DomainError` for an event that no paper can be made of."""
        if job.kind == "drawer":
            return drawer_job(self._profile)
        papers = (self._paper(job, find), *self._with_original(job))
        return b"".join(encode(paper, self._images, self._profile) for paper in papers)

    def _with_original(self, job: PrintJob) -> Iterator[Paper]:
        """What the house keeps, and vouchers for the customer, come with the original, and with no copy of it."""
        if job.kind == "receipt" and job.event_type not in _WITHOUT_NUMBER:
            receipt = receipt_from_body(job.event_id, parse_body(job.body))
            yield from merchant_papers(receipt, self._texts, self._sheet.width)
            yield from voucher_papers(receipt, self._texts, self._sheet.width)

    def trial(self) -> bytes:
        """The test page."""
        paper = trial_paper(self._till_id, self._clock.now(), self._sheet)
        return encode(paper, self._images, self._profile)

    def title(self, job: PrintJob, find: FindEvent) -> str:
        """How a person knows the job: kind and number, or the amount of a slip."""
        try:
            kind, event_id, body = _original(job, find)
            if kind == "cash.moved":
                slip = self._slip(body)
                amount = self._texts.amount(slip.amount, slip.currency)
                return f"{self._texts.text(f'slip.{slip.kind}')} {amount}"
            if kind == _TERMINAL_DAY:
                return self._texts.text("receipt.terminal_day")
            number = receipt_from_body(event_id, parse_body(body)).receipt_id.printed_number
        except DomainError:
            return job.event_type
        name = "receipt.gift" if job.kind == "gift" else f"kind.{kind}"
        return f"{self._texts.text(name)} {number}"

    def _paper(self, job: PrintJob, find: FindEvent) -> Paper:
        kind, event_id, body = _original(job, find)
        copy = job.kind in {"copy", "copy_slip"}
        if kind == "cash.moved":
            return cash_slip_paper(self._slip(body), self._sheet, copy=copy)
        if kind == _TERMINAL_DAY:
            rows = BodyReader(parse_body(body)).texts("rows")
            return terminal_day_paper(rows, self._till_id, self._texts, self._sheet.width)
        receipt = receipt_from_body(event_id, parse_body(body))
        if job.kind == "gift":
            return gift_paper(receipt, self._sheet)
        opens = job.kind == "receipt" and opens_drawer(receipt) and self.age(job) <= DRAWER_WITHIN
        return receipt_paper(receipt, kind, self._sheet, copy=copy, drawer=opens)

    def _slip(self, body: bytes) -> CashSlip:
        read = BodyReader(parse_body(body))
        return CashSlip(
            till_id=self._till_id,
            kind=read.text("kind"),
            amount=read.integer("amount"),
            currency=read.text("currency"),
            reason=read.text("reason", ""),
            operator_id=read.text("operator_id", ""),
            at=read.time("occurred_at"),
        )


def opens_drawer(receipt: Receipt) -> bool:
    """Whether cash goes into the drawer or out of it: not when somebody practises."""
    cash = any(tender.kind in {TenderKind.CASH, TenderKind.CHANGE} for tender in receipt.tenders)
    return cash and receipt.mode is not RecordedMode.TRAINING


def original_id(job: PrintJob) -> UUID:
    """The event that a job prints, behind the reprint that asked for it."""
    if job.event_type != "receipt.reprinted":
        return job.event_id
    return BodyReader(parse_body(job.body)).uuid("receipt_event_id")


def _original(job: PrintJob, find: FindEvent) -> tuple[str, UUID, bytes]:
    event_id = original_id(job)
    if event_id == job.event_id:
        return job.event_type, event_id, job.body
    found = find(event_id)
    if found is None:
        raise DomainError("receipt_unknown", {"number": str(event_id)})
    return found[0], event_id, found[1]
