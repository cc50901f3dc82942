"""Protocol versions: what each added, since when. The centre serves the current one and the two before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.errors import DomainError

HEADER_PROTOCOL = "X-Till-Protocol"
HEADER_BUILD = "X-Till-Build"


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """One protocol number; `note` says what changed for those who speak it."""

    number: int
    since: date
    note: str


PROTOCOLS: tuple[ProtocolVersion, ...] = (
    ProtocolVersion(
        1, date(2026, 11, 25), "Provisioning, PIN key, feeds, snapshots, journal intake."
    ),
)
PROTOCOL_CURRENT = PROTOCOLS[-1].number
_SERVED = 3


def check_protocol(header: str | None) -> int:
    """The protocol number a till asks for.

    `DomainError('protocol_missing')` without a number, `('protocol_unsupported')` for one that is older than the
    centre serves or newer than it knows.
    """
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 6:
        raise DomainError("protocol_missing", http_status=400)
    number = int(header)
    if number not in [p.number for p in PROTOCOLS[-_SERVED:]]:
        raise DomainError(
            "protocol_unsupported", {"asked": number, "current": PROTOCOL_CURRENT}, http_status=426
        )
    return number
