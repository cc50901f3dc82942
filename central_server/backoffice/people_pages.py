"""`/people`: who works for the chain, in which role and stores, and what head office does about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import sessions
from central_server.backoffice.scope import link
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import RIGHT_WORDS, ROLE_WORDS, word
from central_server.features.audit.service import AuditChange, added, changed
from central_server.features.staff import second_factor, service
from central_server.features.staff.service import StaffMember
from central_server.features.stores.service import list_stores
from central_server.platform.access import CHAIN_ROLES, RIGHTS, Right, Role
from central_server.platform.translations import Texts, mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.identity import StaffId

router = APIRouter(include_in_schema=False)

PeopleReader = Annotated[Visitor, looks(Right.PEOPLE_READ)]
PeopleWriter = Annotated[Visitor, looks(Right.PEOPLE_WRITE)]
PeopleKeeper = Annotated[Visitor, sends(Right.PEOPLE_WRITE)]

_PROBLEMS = {
    "staff_id_invalid": ("staff_id", mark("Use 1 to 31 letters, digits and dashes.")),
    "staff_exists": ("staff_id", mark("This number is taken. Choose another one.")),
    "staff_name_missing": ("name", mark("Enter the person's name.")),
    "language_unknown": ("language", mark("Choose a language from the list.")),
    "role_unknown": ("role", mark("Choose a role from the list.")),
    "password_too_short": ("password", mark("Use at least ten characters.")),
    "password_too_long": ("password", mark("Use at most 256 characters.")),
}
_LANGUAGES = (("de", "Deutsch"), ("de-AT", "Deutsch (Österreich)"), ("en", "English"))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the list."""

    staff_id: str
    address: str
    name: str
    role: str
    stores: str
    active: bool
    has_pin: bool
    has_password: bool
    protected: bool


@router.get("/people")
def people(
    request: Request,
    visitor: PeopleReader,
    unit: ReadOnlyUnit,
    q: str = "",
    role: str = "",
    left: str = "",
) -> HTMLResponse:
    """Everybody in the visitor's stores, by number; who left only on demand."""
    reader = reader_of(request, visitor)
    protected = second_factor.protected_staff(unit)
    found = [one for one in _visible(unit, visitor) if bool(left) or one.active]
    wanted = q.strip().casefold()
    rows = [
        _row(one, reader.texts, protected)
        for one in found
        if (not wanted or wanted in f"{one.staff_id} {one.name}".casefold())
        and (not role or one.role.value == role)
    ]
    return render(
        request,
        "people.html",
        part="people",
        waiting=attention(unit, visitor, request),
        rows=rows,
        total=len(found),
        q=q,
        role=role,
        left=left,
        roles=_role_choices(reader.texts),
    )


@router.get("/people/new")
def new_person(request: Request, visitor: PeopleWriter, unit: ReadOnlyUnit) -> HTMLResponse:
    """The form for somebody new."""
    return _form(request, visitor, unit, None, {"role": Role.STORE_MANAGER.value, "language": "de"})


@router.post("/people/new")
def add_person(
    request: Request,
    visitor: PeopleKeeper,
    unit: WriteUnit,
    staff_id: Annotated[str, Form(max_length=64)] = "",
    name: Annotated[str, Form(max_length=120)] = "",
    role: Annotated[str, Form(max_length=24)] = "",
    language: Annotated[str, Form(max_length=16)] = "de",
    team: Annotated[str, Form(max_length=40)] = "",
    store: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Add somebody; password and PIN come separately."""
    stores = frozenset(store or ())
    given = {"staff_id": staff_id, "name": name, "role": role, "language": language, "team": team}
    try:
        new = StaffMember(
            StaffId(staff_id.strip()), name.strip(), service.parse_role(role), stores, language
        )
        now = request.app.state.system_clock.now()
        service.add_staff(unit, new, now)
        member = service.change_team(unit, new.staff_id, team, now)
    except DomainError as refusal:
        return _form(request, visitor, unit, None, {**given, "stores": stores}, refusal)
    note(request, visitor, unit, added("staff", member.staff_id, facts_of(member)))
    return RedirectResponse(f"/people/{member.staff_id}", status_code=303)


@router.get("/people/{staff_id}")
def person(
    request: Request, staff_id: str, visitor: PeopleReader, unit: ReadOnlyUnit
) -> HTMLResponse:
    """One person: account, role, stores, what the role may do."""
    return _form(request, visitor, unit, _seen(unit, visitor, staff_id), {})


@router.post("/people/{staff_id}")
def change_person(
    request: Request,
    staff_id: str,
    visitor: PeopleKeeper,
    unit: WriteUnit,
    name: Annotated[str, Form(max_length=120)] = "",
    role: Annotated[str, Form(max_length=24)] = "",
    language: Annotated[str, Form(max_length=16)] = "de",
    team: Annotated[str, Form(max_length=40)] = "",
    store: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Change name, role, language, team and stores; nobody takes the own role away."""
    before = service.get_staff(unit, staff_id)
    stores = frozenset(store or ())
    now = request.app.state.system_clock.now()
    try:
        wanted = service.parse_role(role)
        if staff_id == visitor.identity.staff_id and wanted is not before.role:
            raise DomainError("staff_self", http_status=403)
        service.change_staff(unit, staff_id, name, wanted, language, now)
        service.change_team(unit, staff_id, team, now)
        after = service.change_stores(unit, staff_id, stores)
    except DomainError as refusal:
        if refusal.code not in _PROBLEMS:
            raise
        given = {"name": name, "role": role, "language": language, "team": team, "stores": stores}
        return _form(request, visitor, unit, before, given, refusal)
    note(request, visitor, unit, changed("staff", staff_id, facts_of(before), facts_of(after)))
    return RedirectResponse(link(f"/people/{staff_id}", saved=1), status_code=303)


@router.post("/people/{staff_id}/password")
def give_password(
    request: Request,
    staff_id: str,
    visitor: PeopleKeeper,
    unit: WriteUnit,
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Give somebody a password to begin with; all their sessions end."""
    member = service.get_staff(unit, staff_id)
    if not member.active:
        raise DomainError("staff_left", {"staff": staff_id})
    try:
        service.set_password(unit, staff_id, password, request.app.state.system_clock.now())
    except DomainError as refusal:
        return _form(request, visitor, unit, member, {}, refusal)
    note(request, visitor, unit, AuditChange("password", "staff", staff_id, {}, {}))
    return RedirectResponse(link(f"/people/{staff_id}", saved=1), status_code=303)


@router.post("/people/{staff_id}/second-factor/off")
def drop_second_factor(
    request: Request, staff_id: str, visitor: PeopleKeeper, unit: WriteUnit
) -> Response:
    """Switch off the second factor of somebody who lost telephone and recovery codes; never the own one."""
    if staff_id == visitor.identity.staff_id:
        raise DomainError("staff_self", http_status=403)
    service.get_staff(unit, staff_id)
    if second_factor.switch_off(unit, staff_id):
        was, now = {"second_factor": True}, {"second_factor": False}
        note(request, visitor, unit, changed("staff", staff_id, was, now))
    return RedirectResponse(link(f"/people/{staff_id}", saved=1), status_code=303)


@router.post("/people/{staff_id}/leave")
def leave(request: Request, staff_id: str, visitor: PeopleKeeper, unit: WriteUnit) -> Response:
    """Let somebody who left in nowhere any more; never oneself, so that head office keeps a key."""
    if staff_id == visitor.identity.staff_id:
        raise DomainError("staff_self", http_status=403)
    before = service.get_staff(unit, staff_id)
    after = service.deactivate(unit, staff_id, request.app.state.system_clock.now())
    sessions.close_all(unit, staff_id)
    note(request, visitor, unit, changed("staff", staff_id, facts_of(before), facts_of(after)))
    return RedirectResponse(f"/people/{staff_id}", status_code=303)


def facts_of(member: StaffMember) -> dict[str, Any]:
    """What the audit trail says of a person."""
    return {
        "name": member.name,
        "role": member.role.value,
        "stores": sorted(member.store_ids),
        "language": member.language,
        "team": member.team,
        "active": member.active,
    }


def _visible(unit: ReadUnit, visitor: Visitor) -> list[StaffMember]:
    only = visitor.identity.only_stores()
    return [one for one in service.list_staff(unit) if only is None or one.store_ids & only]


def _seen(unit: ReadUnit, visitor: Visitor, staff_id: str) -> StaffMember:
    member = service.get_staff(unit, staff_id)
    only = visitor.identity.only_stores()
    if only is not None and not member.store_ids & only:
        # The same answer as for a number that does not exist: guessing numbers tells nothing.
        raise DomainError("staff_unknown", {"staff": staff_id[:31]}, http_status=404)
    return member


def _row(member: StaffMember, texts: Texts, protected: set[str]) -> PersonRow:
    everywhere = member.role in CHAIN_ROLES and not member.store_ids
    return PersonRow(
        staff_id=member.staff_id,
        address=f"/people/{member.staff_id}",
        name=member.name,
        role=word(texts, ROLE_WORDS, member.role),
        stores=texts.gettext("All stores") if everywhere else ", ".join(sorted(member.store_ids)),
        active=member.active,
        has_pin=member.has_pin,
        has_password=member.has_password,
        protected=member.staff_id in protected,
    )


def _role_choices(texts: Texts) -> list[tuple[str, str]]:
    return [(role.value, word(texts, ROLE_WORDS, role)) for role in Role]


def _form(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    member: StaffMember | None,
    given: dict[str, Any],
    refusal: DomainError | None = None,
) -> HTMLResponse:
    texts = reader_of(request, visitor).texts
    code = refusal.code if refusal is not None else ""
    if refusal is not None and code not in _PROBLEMS:
        raise refusal
    field, sentence = _PROBLEMS.get(code, ("", ""))
    shown = {
        "staff_id": "",
        "name": "",
        "role": "",
        "language": "de",
        "team": "",
        "stores": frozenset(),
    }
    if member is not None:
        shown.update(facts_of(member), staff_id=member.staff_id, stores=member.store_ids)
    shown.update(given)
    role = next((one for one in Role if one.value == shown["role"]), Role.CASHIER)
    return render(
        request,
        "person.html",
        part="people",
        status=422 if refusal is not None else 200,
        waiting=attention(unit, visitor, request),
        member=member,
        shown=shown,
        roles=_role_choices(texts),
        languages_of_people=_LANGUAGES,
        stores=list_stores(unit, visitor.identity.only_stores()),
        may_write=visitor.may(Right.PEOPLE_WRITE) and (member is None or member.active),
        is_self=member is not None and member.staff_id == visitor.identity.staff_id,
        protected=member is not None and second_factor.has_second_factor(unit, member.staff_id),
        rights=sorted(word(texts, RIGHT_WORDS, right) for right in RIGHTS[role]),
        whole_chain=role in CHAIN_ROLES,
        problem_field=field,
        problem=sentence,
        saved=request.query_params.get("saved") == "1",
    )
