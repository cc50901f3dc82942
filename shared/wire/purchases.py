"""What travels when goods come back that another till sold: the receipt, and what has come back of it elsewhere."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.loyalty import Purse
from shared.wire.models import WireModel

MAX_BODY = 4_000_000


class ReturnedLine(WireModel):
    """Of the line of a receipt so many thousandths have come back, for which `gross` minor units were given."""

    line: int
    quantity: Annotated[int, Field(ge=0)]
    gross: int


class StillThereLine(WireModel):
    """What can still be taken back of what the receipt gave: into a purse (`own` of the receipt's that cannot be spent
    yet, `free` what can be spent of that purse), or (`promotion`, no purse) as a voucher. In the purse's own unit.
    """

    purse: Purse | None = None
    promotion: str = ""
    own: int
    free: int = 0


class PurchaseAnswer(WireModel):
    """`body` is the journalled receipt as its till wrote it, empty for one of the till that asks.

    `returned` is what came back at other tills than the one that asks: that one's own journal says what did there.
    `still_there` is of the customer for whom the receipt counts, at the moment of the answer.
    """

    event_id: UUID
    type: str
    body: Annotated[str, Field(max_length=MAX_BODY)]
    returned: tuple[ReturnedLine, ...]
    still_there: tuple[StillThereLine, ...] = ()
