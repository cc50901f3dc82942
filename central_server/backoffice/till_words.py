"""How a till does, in the words of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from central_server.features.tills.service import Till, TillState
from central_server.platform.translations import mark

TILL_MODE_WORDS: Mapping[str, str] = {"productive": mark("Selling"), "training": mark("Training")}
CONNECTED_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class TillStatus:
    """How a till does: icon, tone and word for the list, a sentence for its page."""

    icon: str
    tone: str
    name: str
    sentence: str


_NEW = TillStatus(
    "clock-pause", "muted", mark("Not joined yet"), mark("It joins with a one-time code.")
)
_CONNECTED = TillStatus(
    "circle-check", "pos", mark("Connected"), mark("Everything it recorded has arrived.")
)
_CATCHING_UP = TillStatus(
    "cloud-upload",
    "warn",
    mark("Catching up"),
    mark("It is sending what it recorded. Nothing is lost."),
)
_SILENT = TillStatus(
    "moon",
    "muted",
    mark("Silent"),
    mark("It is switched off or has no network. It goes on selling without one."),
)
_UNSEEN = TillStatus(
    "wifi-off",
    "neg",
    mark("Not seen"),
    mark(
        "Silent for more than an hour. The till goes on selling; what it has not sent is safe on it."
    ),
)
_WITHDRAWN = TillStatus(
    "ban", "muted", mark("Withdrawn"), mark("Its requests are refused until it joins again.")
)
_QUARANTINED = TillStatus(
    "alert-octagon",
    "neg",
    mark("Stopped: two journals"),
    mark(
        "Two different journals came under this till's identity. Both are kept below. Find both devices, "
        "compare them, then let one of them join again with a new code."
    ),
)


def till_status(till: Till, now: datetime) -> TillStatus:
    """How a till does at `now`."""
    if till.state is TillState.NEW:
        return _NEW
    if till.state is TillState.WITHDRAWN:
        return _WITHDRAWN
    if till.state is TillState.QUARANTINED:
        return _QUARANTINED
    if till.is_unseen(now):
        return _UNSEEN
    seen = till.last_contact_at or till.joined_at
    if seen is None or now - seen > CONNECTED_FOR:
        return _SILENT
    return _CATCHING_UP if till.unsent_events else _CONNECTED
