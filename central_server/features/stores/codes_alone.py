"""How many codes a till may take for a receipt while the centre does not answer: set by head office, sent in the feed
`config`.
"""

from __future__ import annotations

from central_server.features.stores.chain_settings import stored
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.wire.coupons import ALONE_KEY, ALONE_MOST, ALONE_USUAL


def stored_alone(unit: ReadUnit) -> int | None:
    """The number that was set; None if nobody set any, so that tills go by the usual one."""
    text = stored(unit, ALONE_KEY)
    return int(text) if text is not None else None


def codes_alone(unit: ReadUnit) -> int:
    """The number in force."""
    most = stored_alone(unit)
    return ALONE_USUAL if most is None else most


def check_alone(most: int) -> None:
    """`DomainError('codes_alone_invalid')`, 400, for too many or fewer than none."""
    if not 0 <= most <= ALONE_MOST:
        raise DomainError("codes_alone_invalid", {"most": ALONE_MOST}, http_status=400)
