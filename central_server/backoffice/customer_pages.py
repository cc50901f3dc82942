"""`/customers`: finding customers, their cards, what they have and owe, and who looked. Every look is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.figures_file import KINDS, sheets_response
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.value_report import statement_sheets
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import (
    CARD_STATES,
    CONSENT_WORDS,
    FIELD_WORDS,
    LOOK_WORDS,
    word,
)
from central_server.features.audit.service import AuditChange
from central_server.features.customers import cards, finding, said
from central_server.features.customers.cards import CardChange
from central_server.features.customers.finding import CustomerHit
from central_server.features.instruments import statements
from central_server.features.reporting.service import chain_currency
from central_server.features.stores.service import list_stores
from central_server.platform.access import Right
from central_server.platform.unit_of_work import UnitOfWork, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

# A look is kept, so that looking writes.
CustomerReader = Annotated[Visitor, looks(Right.CUSTOMERS_READ)]
CustomerKeeper = Annotated[Visitor, sends(Right.CUSTOMERS_WRITE)]
_LOOKS = 20
_CHANGES: dict[str, Callable[[UnitOfWork, str, CardChange], None]] = {
    "block": cards.block,
    "unblock": cards.unblock,
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card of a customer, and what can be done with it."""

    number: str
    state: str
    tone: str
    since: str
    change: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of a name or contact; with `conflict` somebody else had changed it meanwhile."""

    when: str
    field: str
    before: str
    after: str
    who: str
    conflict: bool


@router.get("/customers")
def find(
    request: Request,
    visitor: CustomerReader,
    unit: WriteUnit,
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Customers that fit every word: name, telephone number, mail address, number or card."""
    now = request.app.state.business_clock.now()
    found = finding.find_customers(unit, q)
    numbers = [hit.number for hit in found]
    finding.keep_looks(unit, numbers, visitor.identity.staff_id, "search", now)
    return render(
        request,
        "customers.html",
        part="customers",
        waiting=attention(unit, visitor, request),
        q=q,
        hits=found,
        more=len(found) == finding.SHOWN,
    )


@router.get("/customers/{number}")
def customer_page(
    request: Request, number: str, visitor: CustomerReader, unit: WriteUnit, currency: str = ""
) -> Response:
    """One customer: contact, cards, statements of all purses, and who looked."""
    reader = reader_of(request, visitor)
    now = request.app.state.business_clock.now()
    hit = _customer(unit, number)
    if hit.number != number:
        return RedirectResponse(f"/customers/{hit.number}", status_code=303)
    codes = sorted({store.currency for store in list_stores(unit)})
    code = currency if currency in codes else chain_currency(unit)
    holder, found = statements.customer_statements(unit, hit.number, code)
    finding.keep_looks(unit, [hit.number], visitor.identity.staff_id, "customer page", now)
    formats, zone = reader.formats, scope_of(unit, visitor, None).zone
    address = f"/customers/{hit.number}"
    return render(
        request,
        "customer.html",
        part="customers",
        waiting=attention(unit, visitor, request),
        hit=hit,
        cards=[
            CardRow(
                row.card,
                reader.texts.gettext(CARD_STATES[row.state][0]),
                CARD_STATES[row.state][1],
                formats.ago(row.changed_at, now),
                {"active": "block", "blocked": "unblock"}.get(row.state, "")
                if visitor.may(Right.CUSTOMERS_WRITE)
                else "",
            )
            for row in cards.cards_of(unit, hit.number)
        ],
        sheets=statement_sheets(reader.texts, formats, holder, found),
        codes=[(one, link(address, currency=one), one == code) for one in codes],
        consents=[
            (reader.texts.gettext(CONSENT_WORDS[purpose]), holds)
            for purpose, holds in sorted(said.consents_of(unit, hit.number).items())
        ],
        notes=[
            (formats.moment(row.written_at, zone), row.written_by, row.text)
            for row in said.notes_of(unit, hit.number)
        ],
        changes=[
            ChangeRow(
                formats.moment(row.arrived_at, zone),
                reader.texts.gettext(FIELD_WORDS[row.field]),
                row.before,
                row.value,
                row.changed_by or row.source,
                row.conflict,
            )
            for row in said.changes_of(unit, hit.number)
        ],
        looks=[
            (
                formats.moment(row.at, zone),
                row.looked_by,
                word(reader.texts, LOOK_WORDS, row.purpose),
            )
            for row in finding.looks_at(unit, hit.number, _LOOKS)
        ],
        files=[
            (kind.upper(), link(f"{address}/statement.{kind}", currency=code)) for kind in KINDS
        ],
    )


@router.get("/customers/{number}/statement.{kind}")
def statement_file(
    request: Request,
    number: str,
    kind: str,
    visitor: CustomerReader,
    unit: WriteUnit,
    currency: Annotated[str, Query(max_length=3)],
) -> Response:
    """The statements of a customer as a file."""
    reader = reader_of(request, visitor)
    if currency not in {store.currency for store in list_stores(unit)}:
        raise DomainError("not_found", http_status=404)
    holder, found = statements.customer_statements(unit, _customer(unit, number).number, currency)
    now = request.app.state.business_clock.now()
    finding.keep_looks(unit, [holder], visitor.identity.staff_id, "statement", now)
    sheets = statement_sheets(reader.texts, reader.formats, holder, found)
    return sheets_response(reader.texts, kind, holder, sheets, f"tresen-statement-{holder}")


@router.post("/customers/{number}/cards/{card}/{action}")
def change_card(
    request: Request,
    number: str,
    card: str,
    action: str,
    visitor: CustomerKeeper,
    unit: WriteUnit,
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Block a customer's card, or let it be used again. What the customer has stays."""
    work = _CHANGES.get(action)
    owner = _customer(unit, number).number
    if work is None or card not in {row.card for row in cards.cards_of(unit, owner)}:
        raise DomainError("not_found", http_status=404)
    now = request.app.state.business_clock.now()
    work(unit, card, CardChange(visitor.identity.staff_id, now, reason.strip()))
    state = {"state": "blocked" if action == "block" else "active", "reason": reason.strip()}
    note(request, visitor, unit, AuditChange("changed", "customer_card", card, {}, state))
    return RedirectResponse(f"/customers/{owner}", status_code=303)


def _customer(unit: UnitOfWork, text: str) -> CustomerHit:
    """The customer; `DomainError('customer_unknown')`, 404. A blocked card still says whose it is."""
    number = cards.owner_of(unit, text)
    found = finding.hits(unit, [number]) if number is not None else []
    if not found:
        raise DomainError("customer_unknown", http_status=404)
    return found[0]
