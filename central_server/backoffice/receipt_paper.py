"""A receipt as paper: made from the journalled document and nothing else, in the reader's formats."""

from __future__ import annotations

from dataclasses import dataclass

from central_server.backoffice.formats import Formats
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import PURPOSE_WORDS, TENDER_WORDS, VAT_WORDS, word
from central_server.features.stores.service import Store
from central_server.gateway.journal.repository import StoredEvent
from shared.basket import Line
from shared.journal import parse_body, receipt_from_body
from shared.quantity import to_thousandths
from shared.receipt import Receipt, RecordedMode
from shared.tender import Tender, masked


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line: name, what it consists of, amount; `discount` and `note` where there are any."""

    name: str
    detail: str
    amount: str
    discount: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the paper."""

    head: tuple[str, ...]
    shop: str
    address: tuple[str, ...]
    vat_id: str
    day: str
    number: str
    till: str
    operator: str
    is_return: bool
    is_training: bool
    lines: tuple[PaperLine, ...]
    total: str
    tenders: tuple[tuple[str, str], ...]
    vat: tuple[tuple[str, str, str, str], ...]
    started: str
    finished: str
    fiscal: tuple[str, ...]
    external_ref: str
    currency: str


class PaperWriter:
    """Writes receipts of one store for one reader."""

    def __init__(self, reader: Reader, store: Store) -> None:
        self._texts = reader.texts
        self._formats: Formats = reader.formats
        self._store = store

    def write(self, event: StoredEvent) -> Paper:
        """The paper of a booked event."""
        receipt = receipt_from_body(event.event_id, parse_body(event.body))
        formats, zone = self._formats, self._store.timezone
        return Paper(
            head=self._store.header_lines,
            shop=self._store.name,
            address=self._store.address,
            vat_id=self._store.vat_id,
            day=formats.short_day(receipt.business_date),
            number=receipt.receipt_id.printed_number,
            till=receipt.receipt_id.till_id,
            operator=receipt.operator_id,
            is_return=receipt.is_return,
            is_training=receipt.mode is RecordedMode.TRAINING,
            lines=tuple(self._line(line, receipt.currency) for line in receipt.lines),
            total=formats.money(receipt.total, receipt.currency),
            tenders=tuple(
                (self._means(tender), formats.amount(tender.amount, receipt.currency))
                for tender in receipt.tenders
            ),
            vat=self._vat(receipt),
            started=formats.clock_seconds(receipt.started_at, zone),
            finished=formats.clock_seconds(receipt.finished_at, zone),
            fiscal=receipt.fiscal.print_lines,
            external_ref=receipt.external_ref,
            currency=receipt.currency,
        )

    def _means(self, tender: Tender) -> str:
        """By what was paid; of vouchers what they are to the tax office."""
        means = word(self._texts, TENDER_WORDS, str(tender.kind))
        purpose = tender.purpose
        if purpose is None:
            return means
        return f"{means} ({word(self._texts, PURPOSE_WORDS, purpose.voucher_class)})"

    def _line(self, line: Line, code: str) -> PaperLine:
        formats = self._formats
        quantity = to_thousandths(line.quantity)
        parts = [part for part in (line.size, line.colour, line.article_no) if part]
        if line.value is not None:
            parts.append(masked(line.value.number))
            parts.append(word(self._texts, PURPOSE_WORDS, line.value.purpose))
        if quantity != 1000:
            each = formats.amount(line.unit_price, code)
            parts.insert(0, f"{formats.quantity(quantity)} × {each}")
        return PaperLine(
            name=line.name,
            detail=", ".join(parts),
            amount=formats.amount(line.gross, code),
            discount=formats.amount(-line.discount, code) if line.discount else "",
            note=line.note,
        )

    def _vat(self, receipt: Receipt) -> tuple[tuple[str, str, str, str], ...]:
        formats, code = self._formats, receipt.currency
        return tuple(
            (
                " ".join(
                    (
                        word(self._texts, VAT_WORDS, part.category),
                        formats.vat_rate(to_thousandths(part.rate)),
                    )
                ),
                formats.amount(part.net, code),
                formats.amount(part.vat, code),
                formats.amount(part.gross, code),
            )
            for part in receipt.vat
        )
