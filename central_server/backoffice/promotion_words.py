"""What codes of promotions and of what waits for a release are called by people."""

from __future__ import annotations

from collections.abc import Mapping

from central_server.platform.translations import mark

RELEASE_KINDS: Mapping[str, str] = {
    "price_change": mark("Price change"),
    "promotion": mark("Promotion"),
    "setting": mark("Setting"),
}
RELEASE_STATES: Mapping[str, tuple[str, str]] = {
    "waiting": (mark("Waiting"), "warning"),
    "released": (mark("Released"), "ok"),
    "refused": (mark("Refused"), "bad"),
    "withdrawn": (mark("Withdrawn"), ""),
}
PROMOTION_STATES: Mapping[str, tuple[str, str]] = {
    "draft": (mark("Draft"), "info"),
    "waiting": (mark("Waiting"), "warning"),
    "to come": (mark("Planned"), "info"),
    "open": (mark("Active"), "ok"),
    "ended": (mark("Ended"), ""),
    "replaced": (mark("Replaced"), ""),
    "withdrawn": (mark("Withdrawn"), "bad"),
    "published": (mark("Published"), "ok"),
    "dropped": (mark("Dropped"), ""),
}
# Why a promotion gives nothing on a receipt.
PROMOTION_REASONS: Mapping[str, str] = {
    "time": mark("not at that time"),
    "store": mark("not in that store"),
    "channel": mark("not on that channel"),
    "tender": mark("not with that payment"),
    "code": mark("without the code"),
    "customer": mark("not for that customer"),
    "limit": mark("used up"),
    "selection": mark("none of its articles"),
    "condition": mark("something is missing"),
    "beaten": mark("another promotion gives more"),
    "no_saving": mark("nothing to save"),
}
