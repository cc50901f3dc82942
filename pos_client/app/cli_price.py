"""`tresen price`: prices a basket under promotions, as docs/promotions.md defines request and result.

The same engine prices a receipt at the till; this command is the way to ask it from outside.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pos_client.app.command_line import EXIT_USAGE
from pos_client.runtime.clock import SystemClock
from shared.promotions import (
    Book,
    RequestError,
    parse_json,
    price,
    read_request,
    result,
    schema,
)

_MOST_BYTES = 200_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, one request or one a line, or the schema of both."""
    parser.add_argument(
        "request", nargs="?", metavar="REQUEST.json", help="the request, or - for standard input"
    )
    parser.add_argument(
        "--lines",
        action="store_true",
        help="one request a line, one result a line; a bad one is answered with its error; without a file from"
        " standard input",
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of request and result"
    )


def run(options: argparse.Namespace) -> int:
    """Print the result, the error of the contract with status 2, or the schema."""
    if options.schema:
        print(json.dumps(schema(), ensure_ascii=False, indent=2))
        return 0
    try:
        if options.lines:
            return _each(options.request or "-")
        if options.request is None:
            raise RequestError(
                "missing", "", "no request: name a file with one, or - to send it to standard input"
            )
        print(json.dumps(answer(_read(options.request)), ensure_ascii=False, indent=2))
    except RequestError as error:
        return _refused(error)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        return _refused(RequestError("json", "", f"{options.request}: {reason}"))
    return 0


def answer(text: str | bytes) -> dict[str, Any]:
    """The result of one request; `RequestError` if it is not one."""
    request = read_request(parse_json(text), _now())
    return result(price(Book(request.promotions), request.context, request.lines))


def _now() -> datetime:
    return SystemClock().now().astimezone().replace(microsecond=0)


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    with Path(name).open("rb") as file:
        return file.read(_MOST_BYTES)


def _each(name: str) -> int:
    if name == "-":
        _answer_lines(sys.stdin.buffer)
    else:
        with Path(name).open("rb") as file:
            _answer_lines(file)
    return 0


def _answer_lines(lines: Iterable[bytes]) -> None:
    for line in lines:
        if not line.strip():
            continue
        try:
            found = answer(line)
        except RequestError as error:
            found = error.as_json()
        print(json.dumps(found, ensure_ascii=False), flush=True)


def _refused(error: RequestError) -> int:
    print(json.dumps(error.as_json(), ensure_ascii=False))
    return EXIT_USAGE
