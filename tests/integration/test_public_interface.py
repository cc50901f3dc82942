"""The interface answers whatever is sent to it as its description says, and never with a fault of its own.

Requests are made up from the description, such as it allows and such as it does not: a few of each in CI, hundreds in a
long run.
"""

import os
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central_server.platform.access import Role, StaffIdentity

EXAMPLES = 200 if os.environ.get("TRESEN_LONG") == "1" else 2
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
# Answers 503 on purpose: here no scheduler runs.
UNREADY = "/readyz"


@pytest.fixture(scope="module")
def described(standing_chain):
    """The interface with somebody of head office signed in, who may ask for everything."""
    app = standing_chain.app
    who = StaffIdentity("1", Role.HEAD_OFFICE, frozenset())
    given_before = app.state.session_provider
    app.state.session_provider = lambda _request: who
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app)
    app.state.session_provider = given_before


def answers_as_described(operation, mode, seen):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case):
        answer = case.call()
        seen.append(answer.status_code)
        unready = operation.path == UNREADY
        checks = [one for one in CHECKS if not (unready and one is not_a_server_error)]
        case.validate_response(answer, checks=checks)

    ask()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_route_answers_as_it_is_described(described, mode):
    asked, seen = set(), []
    for found in described.get_all_operations():
        operation = found.ok()
        # Where nothing can be wrong there is nothing to make up.
        with suppress(Unsatisfiable):
            answers_as_described(operation, mode, seen)
            asked.add(f"{operation.method} {operation.path}")
    assert len(asked) > 20
    assert {400, 404} & set(seen)
