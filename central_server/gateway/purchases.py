"""What a till asks when goods come back: the receipt of another till, and what has come back of one elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from central_server.features.instruments.voucher_projector import still_there as vouchers_there
from central_server.features.loyalty.still_there import still_there as purses_there
from central_server.features.sales import repository as sales
from central_server.gateway.authentication import SigningTill
from central_server.gateway.journal import repository
from central_server.gateway.journal.origins import Origins
from central_server.gateway.provisioning import till_mode
from central_server.platform.unit_of_work import ReadOnlyUnit
from shared.errors import DomainError
from shared.wire.purchases import PurchaseAnswer, ReturnedLine, StillThereLine

router = APIRouter(prefix="/api/v1/till", tags=["till"])

Number = Annotated[str, Path(max_length=sales.ORIGIN_LENGTH)]


@router.get("/purchases/{number}", summary="A receipt that goods come back from")
def purchase(
    number: Number, request: Request, identity: SigningTill, unit: ReadOnlyUnit
) -> PurchaseAnswer:
    """By its full number. 404 `receipt_unknown` for one that is not booked, in another currency than the till's, or of
    a till in another mode: for what was sold to practise no money is paid out.

    Limited per till as enquiries for value are: receipts of others are not for leafing through.
    """
    if not request.app.state.authorisation_limiter.allow(identity.till_id):
        raise DomainError("rate_limited", http_status=429)
    receipt = Origins(unit, {}).find(number)
    event = repository.one_event(unit.connection, receipt.event_id) if receipt else None
    mode = till_mode(request.app.state.settings.mode, identity.till.mode)
    if (
        receipt is None
        or event is None
        or receipt.currency != identity.store.currency
        or receipt.mode != mode
    ):
        raise DomainError("receipt_unknown", {"number": number[:60]}, http_status=404)
    is_own = (event.till_id, event.incarnation) == (identity.till_id, identity.incarnation)
    today = identity.store.business_date(request.app.state.business_clock.now())
    given = str(receipt.receipt_id)
    there = (*purses_there(unit, given, today), *vouchers_there(unit, given, today))
    return PurchaseAnswer(
        event_id=event.event_id,
        type=event.type,
        body="" if is_own else event.body.decode("utf-8"),
        returned=tuple(
            ReturnedLine(line=row.origin_line, quantity=row.quantity_thousandths, gross=row.gross)
            for row in sales.returned_of(unit.connection, number)
            if (row.till_id, row.incarnation) != (identity.till_id, identity.incarnation)
        ),
        still_there=tuple(
            StillThereLine(purse=one.purse, promotion=one.promotion, own=one.own, free=one.free)
            for one in there
        ),
    )
