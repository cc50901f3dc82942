"""SQL of vouchers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from central_server.features.instruments.tables import voucher, voucher_type
from central_server.platform.database import among, bulk_insert
from shared.vouchers import SignedFacts, VoucherClass, holder_mark


@dataclass(frozen=True, slots=True)
class VoucherType:
    """What vouchers are issued as. `vat_category` and `country` are those of a single-purpose one; `valid_days` None
    is as the law has it.
    """

    code: str
    name: str
    currency: str
    voucher_class: VoucherClass
    in_parts: bool
    vat_category: str | None
    country: str | None
    valid_days: int | None


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher. `instrument_id` names its account; class and VAT were frozen when it was issued."""

    number: str
    instrument_id: UUID
    type_code: str | None
    voucher_class: VoucherClass
    currency: str
    amount: int
    in_parts: bool
    vat_category: str | None
    vat_rate_thousandths: int | None
    customer: str | None
    customer_group: str | None
    store_id: str
    issued_on: date
    expires_on: date | None
    blocked: bool
    reason: str
    event_id: UUID | None
    receipt: str | None
    promotion_id: str | None
    left_amount: int
    earned_by: str | None
    next_percent: str
    signature: bytes
    changed_at: datetime

    @property
    def facts(self) -> SignedFacts:
        """What stands on it."""
        holder = holder_mark(self.number, self.customer or "", self.customer_group or "")
        return SignedFacts(
            self.number, self.voucher_class, self.currency, self.amount, self.expires_on, holder
        )


class Ready(NamedTuple):
    """What a voucher of many has of its own."""

    number: str
    instrument_id: UUID
    customer: str | None
    signature: bytes


def add_type(connection: Connection, new: VoucherType, at: datetime) -> None:
    """Add a type."""
    row = {name: getattr(new, name) for name in VoucherType.__slots__}
    row["class"] = row.pop("voucher_class").value
    connection.execute(insert(voucher_type).values({**row, "created_at": at}))


def types(connection: Connection) -> list[VoucherType]:
    """All types by code."""
    rows = connection.execute(select(voucher_type).order_by(voucher_type.c.code)).mappings()
    return [
        VoucherType(
            row["code"],
            row["name"],
            row["currency"],
            VoucherClass(row["class"]),
            row["in_parts"],
            row["vat_category"],
            row["country"],
            row["valid_days"],
        )
        for row in rows
    ]


def add(connection: Connection, new: Voucher) -> None:
    """Add a voucher."""
    add_all(connection, [new])


def add_all(connection: Connection, new: Iterable[Voucher]) -> None:
    """Add vouchers."""
    rows = []
    for each in new:
        row = {name: getattr(each, name) for name in Voucher.__slots__}
        row["class"] = row.pop("voucher_class").value
        rows.append(row)
    bulk_insert(connection, voucher, rows)


def add_alike(connection: Connection, model: Voucher, ready: Iterable[Ready]) -> None:
    """Add vouchers that are like `model` but for what is their own."""
    shared = {name: getattr(model, name) for name in Voucher.__slots__}
    shared["class"] = shared.pop("voucher_class").value
    bulk_insert(connection, voucher, [{**shared, **one._asdict()} for one in ready])


def known(connection: Connection, numbers: Iterable[str]) -> set[str]:
    """Which of these numbers are taken."""
    query = select(voucher.c.number).where(among(connection, voucher.c.number, numbers))
    return set(connection.execute(query).scalars())


def found(connection: Connection, numbers: Iterable[str]) -> dict[str, Voucher]:
    """Those of these vouchers that there are."""
    query = select(voucher).where(among(connection, voucher.c.number, numbers))
    return {row.number: _voucher(row) for row in connection.execute(query)}


def one(connection: Connection, number: str) -> Voucher | None:
    """A voucher."""
    rows = connection.execute(select(voucher).where(voucher.c.number == number))
    return next((_voucher(row) for row in rows), None)


def locked(connection: Connection, numbers: Iterable[str]) -> dict[str, Voucher]:
    """Vouchers, locked in the order of their numbers."""
    query = select(voucher).where(among(connection, voucher.c.number, numbers))
    rows = connection.execute(query.order_by(voucher.c.number).with_for_update())
    return {row.number: _voucher(row) for row in rows}


def given_for(
    connection: Connection, receipts: Iterable[str], *, lock: bool = True
) -> list[Voucher]:
    """The vouchers that promotions gave for receipts; with `lock` nobody else changes them meanwhile."""
    query = select(voucher).where(among(connection, voucher.c.receipt, receipts))
    query = query.order_by(voucher.c.number)
    rows = connection.execute(query.with_for_update() if lock else query)
    return [_voucher(row) for row in rows]


def change(connection: Connection, number: str, changes: dict[str, Any]) -> None:
    """Write new values of a voucher's columns."""
    connection.execute(update(voucher).where(voucher.c.number == number).values(changes))


def move_owner(connection: Connection, old: str, into: str) -> None:
    """Let the vouchers of one customer be another's."""
    for column in (voucher.c.customer, voucher.c.earned_by):
        connection.execute(update(voucher).where(column == old).values({column.name: into}))


def _voucher(row: Row[Any]) -> Voucher:
    facts = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
    return Voucher(voucher_class=VoucherClass(facts.pop("class")), **facts)
