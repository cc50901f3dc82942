"""The committed description of the HTTP interface is the one the code has: a change to it is seen in review."""

import json
from pathlib import Path

from central_server.app.cli_openapi import description

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_description_is_current():
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    hint = "python3 run.py openapi docs/openapi.json"
    assert committed == json.loads(json.dumps(description())), f"write it anew: {hint}"
