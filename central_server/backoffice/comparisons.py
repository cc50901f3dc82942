"""How much more or less something is than what it is compared with, as it is written for a reader."""

from __future__ import annotations

from dataclasses import dataclass

from central_server.backoffice.formats import Formats


@dataclass(frozen=True, slots=True)
class Change:
    """How much more or less, and whether that is good (`pos`), bad (`neg`) or neither."""

    text: str
    tone: str


def change_of(formats: Formats, now: int, before: int) -> Change | None:
    """The change in percent; None where there is nothing to compare with."""
    if before <= 0:
        return None
    text = formats.share(now - before, before)
    tone = "pos" if now > before else "neg" if now < before else ""
    return Change(f"+{text}" if now > before else text, tone)
