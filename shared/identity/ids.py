"""Typed ids. The trade's own keys (store, till, article numbers) stay readable text; everything else is a UUIDv7."""

from __future__ import annotations

import re
from typing import NewType

from shared.errors import DomainError

StoreId = NewType("StoreId", str)
TillId = NewType("TillId", str)
StaffId = NewType("StaffId", str)
ArticleNo = NewType("ArticleNo", str)
Sku = NewType("Sku", str)

# Austria's RKSV joins the till id into `_`-separated text, so `_` can never be part of one; 32 bytes is
# the fixed width of the till id in the journal's header.
_KEY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")


def check_store_id(text: str) -> StoreId:
    """`text` as a store id; `DomainError('store_id_invalid')` unless 1-31 of A-Z, 0-9 and `-`."""
    if not _KEY.fullmatch(text):
        raise DomainError("store_id_invalid", {"value": text[:40]}, http_status=400)
    return StoreId(text)


def check_till_id(text: str) -> TillId:
    """`text` as a till id; `DomainError('till_id_invalid')` unless 1-31 of A-Z, 0-9 and `-` (so never `_`)."""
    if not _KEY.fullmatch(text):
        raise DomainError("till_id_invalid", {"value": text[:40]}, http_status=400)
    return TillId(text)
