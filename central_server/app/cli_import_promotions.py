"""`tresen import promotions FILE.json`: check promotions whole, then publish them; or withdraw some."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from central_server.app.arguments import opened_centre
from central_server.features.promotions import service
from central_server.features.promotions.document import PromotionFile, read_file
from central_server.features.promotions.service import Publication, PublishResult
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.errors import DomainError, EnvironmentProblem
from shared.promotions import RequestError

_OPERATOR = "command"
MOST_BYTES = 200_000_000


def describe(file: argparse.ArgumentParser) -> None:
    """The arguments of `import promotions`."""
    file.add_argument(
        "file", type=Path, nargs="?", help='a list of promotions, or {"currency", "promotions"}'
    )
    file.add_argument("--currency", default="", help="of the amounts, if the file does not say")
    file.add_argument("--dry-run", action="store_true", help="only check the file")
    file.add_argument(
        "--withdraw", action="append", default=[], metavar="ID", help="may be repeated"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Publish the file whole or not at all. 2 with one line that names the place if anything in it is wrong."""
    if arguments.file is None and not arguments.withdraw:
        raise DomainError("import_nothing", http_status=400)
    found = _read(arguments.file, arguments.currency.upper()) if arguments.file else None
    if arguments.dry_run:
        count = len(found.drafts) if found else 0
        print(f"Dry run, nothing was changed: {count} promotions are as they should be.")
        return 0
    try:
        with opened_centre(settings) as context:
            publication = Publication(
                context.business_clock.now(),
                _OPERATOR,
                timedelta(days=context.settings.promotion_days_ahead),
            )

            def work(unit: UnitOfWork) -> PublishResult:
                result = service.publish(unit, found, publication) if found else PublishResult()
                for promotion_id in arguments.withdraw:
                    if service.withdraw(unit, promotion_id, publication):
                        result.withdrawn.append(promotion_id)
                    else:
                        result.unchanged += 1
                return result

            result = run_writing(context.database, work)
    except RequestError as wrong:
        raise _placed(wrong, arguments.file) from wrong
    _summarise(result)
    return 0


def _read(path: Path, currency: str) -> PromotionFile:
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"at most {MOST_BYTES:,} bytes are possible"
            raise RequestError("limit", path.name, message)
        data = path.read_bytes()
    except FileNotFoundError:
        params = {"path": str(path)[-200:]}
        raise DomainError("file_missing", params, http_status=400) from None
    except OSError as problem:
        params = {"path": str(path)[-200:], "reason": str(problem.strerror)}
        raise EnvironmentProblem("file_unreadable", params) from problem
    try:
        return read_file(data, currency)
    except RequestError as wrong:
        raise _placed(wrong, path) from wrong


def _placed(wrong: RequestError, path: Path | None) -> RequestError:
    """The error with the file's name where it concerns the whole document."""
    name = path.name if path is not None else ""
    return RequestError(wrong.kind, wrong.path or name, wrong.message)


def _summarise(result: PublishResult) -> None:
    for text, count in (
        ("promotions new", len(result.new)),
        ("promotions in a new version", len(result.changed)),
        ("promotions withdrawn", len(result.withdrawn)),
        ("promotions that were so already", result.unchanged),
    ):
        print(f"{count:>10}  {text}")
    for promotion_id, stores in sorted(result.strangers.items()):
        names = ", ".join(store[:40] for store in stores[:5])
        print(f"promotion {promotion_id}: there is no store {names} (yet)", file=sys.stderr)
