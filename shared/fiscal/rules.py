"""Where the law asks for a signature on receipts."""

from __future__ import annotations

from shared.errors import DomainError

# DE: AO section 146a with KassenSichV; AT: BAO section 131b with RKSV; UK: no duty for tills.
FISCAL_MARKETS = frozenset(("DE", "AT"))


def refuse_unsigned_productive(market: str, mode: str, *, signs: bool) -> None:
    """`DomainError('fiscal_device_required')` for a productive till in a fiscal market whose device signs nothing."""
    if mode == "productive" and market in FISCAL_MARKETS and not signs:
        raise DomainError("fiscal_device_required", {"market": market})
