"""Goods that come back without a receipt: somebody who leads vouches for each, and it is kept who did."""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.app.composition import Till
from pos_client.features.basket.state import BasketState
from pos_client.ports import LEADERS


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who vouches: nobody else than the operator, or `staff_id` with a PIN. `id_seen`: the customer showed a document;
    what stands on it is not kept.
    """

    staff_id: str = ""
    pin: str = ""
    id_seen: bool = False


def take_without_receipt(
    till: Till, code: str, reason: str, vouched: Vouched, area: str = ""
) -> BasketState:
    """One piece comes back, and is put into an area of the shop. To be called in the till's lane.

    `DomainError` as `BasketPresenter.on_return`, and `approval_refused` for somebody who does not lead.
    """
    operator = till.recorder.require_operator()
    leads = operator.role in LEADERS
    by = operator.staff_id if leads else till.login.on_approve(vouched.staff_id, vouched.pin)
    state = till.basket.on_return(code, "1", None, reason, area=area)
    basket, line = till.sale.basket, state.last
    facts = {
        "what": "return_without_receipt",
        "approved_by": by,
        "basket_id": str(basket.basket_id) if basket is not None else "",
        "line": line.number if line is not None else 0,
        "id_seen": vouched.id_seen,
    }
    till.recorder.record(("approval.given", facts))
    return state
