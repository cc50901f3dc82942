"""`tresen openapi`: the description of the HTTP interface as JSON."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.platform.settings import Settings
from shared.errors import EnvironmentProblem


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `openapi`."""
    parser.add_argument("file", nargs="?", type=Path, help="standard output if left out")


def run(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Write the description. Needs no database of its own."""
    text = json.dumps(description(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if arguments.file is None:
        print(text, end="")
        return 0
    try:
        arguments.file.write_text(text, encoding="utf-8")
    except OSError as problem:
        params = {"path": str(arguments.file)[-200:], "reason": str(problem.strerror)}
        raise EnvironmentProblem("file_unwritable", params) from problem
    return 0


def description() -> dict[str, object]:
    """The OpenAPI description of everything that is served."""
    with tempfile.TemporaryDirectory(prefix="tresen-openapi-") as folder:
        context = compose(Settings(home=Path(folder), database_url=""))
        try:
            return create_app(context).openapi()
        finally:
            context.database.dispose()
