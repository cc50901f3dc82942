"""The part of a form that says which tills have a new setting first, and what sending it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice import release_desk
from central_server.backoffice.scope import link
from central_server.backoffice.visitors import Visitor
from central_server.features.rollouts import service
from central_server.features.rollouts.service import RolloutState, Setting, Wish
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

SETTING_WORDS: Mapping[str, str] = {
    Setting.CODES: mark("Codes and cards"),
    Setting.CUSTOMER_DATA: mark("Customers without the centre"),
    Setting.CODES_ALONE: mark("Codes without the centre"),
}
# The field that a refusal is about, and what to say beside it.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "rollout_till_unknown": ("names", mark("One of these is neither a till nor a store.")),
    "rollout_tills_missing": ("names", mark("Name at least one till in service.")),
    "rollout_share_invalid": ("share", mark("1 to 99 percent.")),
    "rollout_hours_invalid": ("hours", mark("1 to 720 hours, and only with first tills.")),
    "rollout_open": ("first", mark("Another version of this setting is on its way.")),
    "offline_days_invalid": ("days", mark("0 to 90 days.")),
    "codes_alone_invalid": ("alone", mark("0 to 4 codes.")),
}


@dataclass(frozen=True, slots=True)
class First:
    """What was typed: `all` tills at once, `some` that are named, or a `share` of them; hours until all have it."""

    first: str = "all"
    names: str = ""
    share: str = ""
    hours: str = ""

    def tills(self, unit: ReadUnit, salt: str) -> frozenset[str]:
        """The tills that have it first, none of them for all at once; `DomainError` as the service says."""
        if self.first == "some":
            return service.tills_named(unit, self.names.replace(",", " ").split())
        if self.first == "share":
            return service.share_of(service.tills_in_service(unit), number(self.share), salt)
        return frozenset()


def _first_sent(
    first: Annotated[str, Form(max_length=8)] = "all",
    names: Annotated[str, Form(max_length=2_000)] = "",
    share: Annotated[str, Form(max_length=4)] = "",
    hours: Annotated[str, Form(max_length=4)] = "",
) -> First:
    return First(first, names, share, hours)


SentFirst = Annotated[First, Depends(_first_sent)]
"""Who is first, as the form that was sent says it."""


@dataclass(frozen=True, slots=True)
class RefusedFirst:
    """What was typed into the form of a setting, and what is wrong with it."""

    key: str
    typed: First
    field: str = ""
    problem: str = ""


NOTHING_REFUSED = RefusedFirst("", First())


def refused_first(key: Setting, typed: First, refusal: DomainError) -> RefusedFirst:
    """What to say beside the field; a refusal that is about none of them is raised again."""
    if refusal.code not in PROBLEMS:
        raise refusal
    return RefusedFirst(key, typed, *PROBLEMS[refusal.code])


def begin(
    request: Request, visitor: Visitor, unit: UnitOfWork, key: Setting, text: str, typed: First
) -> Response:
    """Begin with a version of a setting; `DomainError` as `release_desk.submit_setting`."""
    first = typed.tills(unit, f"{key} {text}")
    hours = number(typed.hours) if typed.hours.strip() else None
    wish = Wish(key, text, first, hours)
    at = request.app.state.system_clock.now()
    made = release_desk.submit_setting(unit, wish, visitor.identity.staff_id, at)
    done = made.state is RolloutState.DONE
    address = link("/rules", saved=1) if done else f"/rollouts/{made.rollout_id}"
    return RedirectResponse(address, status_code=303)


def number(text: str) -> int:
    """A whole number as typed; 0 for anything else, which is refused where it matters."""
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() else 0
