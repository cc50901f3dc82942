"""Lets the engines of all tests of a process share their compiled statements.

Each test opens its own database, and SQLAlchemy compiles a statement once for each dialect object: a sixth of
the time of the tests that speak to the centre. What a dialect learns of its server at the first connection is the
same for all databases here, which are of one SQLite and of servers of one installation.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

from central_server.platform import database

_DIALECTS: dict[str, Dialect] = {}
_COMPILED: dict[str, LRUCache[Any, Any]] = {}


def _shared(*arguments: Any, **options: Any) -> Engine:
    engine = create_engine(*arguments, **options)
    kind = f"{engine.dialect.name}+{engine.dialect.driver}"
    known = _DIALECTS.setdefault(kind, engine.dialect)
    # Only a dialect that has seen its server knows its version.
    if getattr(known, "server_version_info", None) is None:
        _DIALECTS[kind] = engine.dialect
        return engine
    engine.dialect = known
    engine.update_execution_options(compiled_cache=_COMPILED.setdefault(kind, LRUCache(2_000)))
    return engine


def share_compiled_statements() -> None:
    """From now on the centre's engines of this process share what they compile."""
    vars(database)["create_engine"] = _shared
