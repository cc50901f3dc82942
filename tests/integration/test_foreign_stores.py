"""Nobody reaches another store by guessing its ids: every route that takes one, with every role that has own stores."""

import re

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from central_server.features.exceptions.tables import event_exception
from central_server.features.sales.tables import sale
from central_server.features.tills.tables import till, till_code
from central_server.platform.access import CHAIN_ROLES, RIGHTS, Right, RightGate
from central_server.platform.unit_of_work import reading
from tests.architecture.test_rights import calls, walk
from tests.support.head_office import PEOPLE, Desk, project, send
from tests.support.journals import ImaginedTill

FOREIGN = "UK01"
# Whatever else a route wants to be told, so that it is the store that it refuses and nothing else.
FILLED = {
    "date": "2026-11-25", "day": "2026-11-25", "from": "2026-11-25", "to": "2026-11-25",
    "on": "2026-11-25", "sku": "A-1", "year": "2026", "currency": "GBP", "kind": "csv", "seq": "1",
    "incarnation": "1", "article_no": "A-1", "action": "withdraw", "reason": "x",
}  # fmt: skip
# Every store may see what any other has of an article, and who sells where: GET /api/v1/stock says so.
NAMES_A_STORE = {"till_id", "store_id", "event_id", "exception_id", "staff_id", "store", "place"}
# What somebody with own stores may reach, at least: else this walk walks past the routes.
LEAST = 12


def foreign_ids(chain):
    """Ids of things in a store that nobody of Hamburg or Vienna has: a receipt, an exception, a till, a person."""
    till_of = ImaginedTill("UK01-T2", FOREIGN, "GBP", "GB")
    till_of.sell(("A-1", "1", 1000), rate="20")
    till_of.journal("mystery.happened", {"what": "nobody knows"})
    send(chain.context.database, till_of)
    project(chain.context.database)
    with reading(chain.context.database) as unit:
        event = unit.connection.execute(select(sale.c.event_id).where(sale.c.store_id == FOREIGN))
        problem = unit.connection.execute(
            select(event_exception.c.id).where(event_exception.c.till_id == "UK01-T2")
        )
        return {
            "till_id": "UK01-T1", "store_id": FOREIGN, "event_id": str(event.scalars().first()),
            "exception_id": str(problem.scalar_one()), "staff_id": "10", "store": FOREIGN,
            "place": FOREIGN,
        }  # fmt: skip


def state_of(chain):
    with reading(chain.context.database) as unit:
        return [
            unit.connection.execute(query).all()
            for query in (
                select(till).where(till.c.store_id == FOREIGN),
                select(till_code),
                select(event_exception),
            )
        ]


def addresses(app, role, ids):
    """Method and address of every route that this role has the right to and that names a store."""
    for route in walk(app.routes):
        if not isinstance(route, APIRoute):
            continue
        gates = [call.right for call in calls(route.dependant) if isinstance(call, RightGate)]
        if not gates or gates[0] not in RIGHTS[role]:
            continue
        parts = set(re.findall(r"{(\w+)", route.path))
        asked = {field.alias for field in query_fields(route.dependant)}
        if not (parts | asked) & NAMES_A_STORE:
            continue
        path = re.sub(
            r"{(\w+)(:\w+)?}", lambda m: ids.get(m[1]) or FILLED.get(m[1], "1"), route.path
        )
        known = {**FILLED, **{name: ids[name] for name in ("store", "place") if name in asked}}
        query = {name: value for name, value in known.items() if name in asked}
        yield next(iter(route.methods)), path, query, route


def query_fields(dependant):
    yield from dependant.query_params
    for one in dependant.dependencies:
        yield from query_fields(one)


@pytest.mark.parametrize(
    ("number", "role"),
    [(person[0], person[1]) for person in PEOPLE if person[1] not in CHAIN_ROLES],
)
def test_no_route_lets_anybody_into_another_store(chain, number, role):
    if role.value == "store_manager" and number == "10":
        pytest.skip("this is the manager of that store")
    ids = foreign_ids(chain)
    desk = Desk(chain.app).let_in(number)
    token = desk.form_token() if Right.PAGES in RIGHTS[role] else "none"
    before, walked = state_of(chain), 0
    for method, path, query, _route in addresses(chain.app, role, ids):
        body = {"json": FILLED} if path.startswith("/api/") else {"data": {"form_token": token}}
        answer = desk.client.request(
            method, path, params=query, follow_redirects=method == "GET",
            headers={"X-CSRF-Token": token, "Accept": "application/json"},
            **(body if method != "GET" else {}),
        )  # fmt: skip
        assert answer.status_code in (403, 404), f"{method} {path} {query}: {answer.status_code}"
        walked += 1
    assert state_of(chain) == before
    assert walked >= LEAST or Right.PAGES not in RIGHTS[role]


def test_the_manager_of_that_store_gets_in(chain):
    ids = foreign_ids(chain)
    desk = Desk(chain.app).let_in("10")
    role = next(person[1] for person in PEOPLE if person[0] == "10")
    refused = [
        f"{path} {query}"
        for method, path, query, _route in addresses(chain.app, role, ids)
        if method == "GET" and desk.client.get(path, params=query).status_code in (401, 403)
    ]
    assert refused == []
