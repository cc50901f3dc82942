"""Every route of the centre names the one right it needs, or stands in a short list of those that need none.

Why: a page that forgets to ask who is there works for everybody, and no test of what it shows will notice. Rights
are asked for in one way, a `RightGate` among the route's dependencies; tills prove who they are by a signature.
"""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from central_server.app.factory import ROUTERS
from central_server.gateway.authentication import quiet_till, signed_work
from central_server.platform.access import KEY_SCOPES, RIGHTS, Right, RightGate, Role, needs

# Whoever calls these is nobody yet, or a monitor of the operator.
OPEN = {
    "/healthz", "/readyz", "/metrics", "/static/{name}", "/login", "/login/code", "/preferences",
    "/api/v1/till/provision",
}  # fmt: skip


def routes_of(*routers):
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for router in routers:
        app.include_router(router)
    return [route for route in walk(app.routes) if isinstance(route, APIRoute)]


def walk(routes):
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if isinstance(route, APIRoute) or inner is None:
            yield route
        else:
            yield from walk(inner.routes)


def calls(dependant):
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def ungated(routes):
    for route in routes:
        found = list(calls(route.dependant))
        rights = [call.right for call in found if isinstance(call, RightGate)]
        signed = sum(call in (quiet_till, signed_work) for call in found)
        if route.path in OPEN:
            continue
        if len(rights) + signed != 1:
            yield f"{sorted(route.methods)} {route.path}: asks for {rights or 'no right'}"


def test_every_route_asks_for_one_right_or_a_signature():
    routes = routes_of(*ROUTERS)
    assert len(routes) > 60
    assert list(ungated(routes)) == []


def test_the_list_of_open_routes_names_no_route_that_is_gone():
    assert {route.path for route in routes_of(*ROUTERS)} >= OPEN


def test_a_route_without_a_right_is_caught():
    router = APIRouter()

    @router.get("/forgotten")
    def forgotten():
        return {}

    assert list(ungated(routes_of(router))) == ["['GET'] /forgotten: asks for no right"]


def test_a_route_with_a_right_passes():
    router = APIRouter()

    @router.get("/asks", dependencies=[needs(Right.STOCK_READ)])
    def asks():
        return {}

    assert list(ungated(routes_of(router))) == []


def test_every_role_has_its_rights_and_head_office_has_all():
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.HEAD_OFFICE] == set(Right)


@pytest.mark.parametrize("right", [Right.PEOPLE_WRITE, Right.KEYS_WRITE, Right.RULES_WRITE])
def test_no_key_and_no_other_role_gives_out_rights(right):
    assert right not in KEY_SCOPES
    assert [role for role, rights in RIGHTS.items() if right in rights] == [Role.HEAD_OFFICE]
