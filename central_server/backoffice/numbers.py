"""How large a number in an address may be: what the database's columns hold. Larger ones are malformed, no fault."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

MOST_NUMBER = 2**63 - 1
MOST_INCARNATION = 2**31 - 1

NumberInPath = Annotated[int, Path(ge=0, le=MOST_NUMBER)]
IncarnationInPath = Annotated[int, Path(ge=0, le=MOST_INCARNATION)]
