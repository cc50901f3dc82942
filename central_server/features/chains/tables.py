"""The table of anchors. Rows are added and never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, String, Table

from central_server.platform.columns import UtcDateTime, plain
from central_server.platform.schema import metadata

chain_anchor = Table(
    "chain_anchor",
    metadata,
    plain("chain", String(16), primary_key=True),
    plain("position", BigInteger, primary_key=True, autoincrement=False),
    plain("hash", String(64)),
    plain("anchored_at", UtcDateTime),
    plain("signature", LargeBinary(64)),
)
