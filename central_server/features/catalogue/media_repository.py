"""SQL of the pictures of articles that were handed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, select

from central_server.features.catalogue.tables import article_media
from central_server.platform.database import among
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_TABLE = article_media
_FACTS = (
    _TABLE.c.media_id,
    _TABLE.c.article_no,
    _TABLE.c.place,
    _TABLE.c.alt,
    _TABLE.c.width,
    _TABLE.c.height,
    _TABLE.c.digest,
)


def rows(unit: ReadUnit, article_no: str) -> list[Row[Any]]:
    """What is known of an article's pictures, in order, without the pictures themselves."""
    query = select(*_FACTS).where(_TABLE.c.article_no == article_no)
    return list(unit.connection.execute(query.order_by(_TABLE.c.place, _TABLE.c.media_id)))


def content(unit: ReadUnit, article_no: str, media_id: int, *, small: bool) -> bytes | None:
    """One picture."""
    column = _TABLE.c.small if small else _TABLE.c.large
    query = select(column).where(_TABLE.c.article_no == article_no, _TABLE.c.media_id == media_id)
    return unit.connection.execute(query).scalar_one_or_none()


def first_digests(unit: ReadUnit, article_nos: Collection[str]) -> dict[str, str]:
    """The digest of the most important picture of each of these articles that has one."""
    wanted = among(unit.connection, _TABLE.c.article_no, article_nos)
    query = select(_TABLE.c.article_no, _TABLE.c.digest).where(wanted)
    # The last row of an article is its first picture, and stays.
    ordered = query.order_by(_TABLE.c.place.desc(), _TABLE.c.media_id.desc())
    return {row.article_no: row.digest for row in unit.connection.execute(ordered)}


def small_by_digest(unit: ReadUnit, digest: str) -> bytes | None:
    """The small version of a picture, whichever article has it."""
    query = select(_TABLE.c.small).where(_TABLE.c.digest == digest).limit(1)
    return unit.connection.execute(query).scalar_one_or_none()


def insert(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a picture behind the others of its article; its number."""
    last = select(func.coalesce(func.max(_TABLE.c.place), 0)).where(
        _TABLE.c.article_no == values["article_no"]
    )
    place = unit.connection.execute(last).scalar_one() + 1
    done = unit.connection.execute(_TABLE.insert().values({**values, "place": place}))
    key = done.inserted_primary_key
    assert key is not None  # noqa: S101 - the database numbers pictures by itself
    return int(key[0])


def delete(unit: UnitOfWork, media_id: int) -> None:
    """Delete a picture."""
    unit.connection.execute(_TABLE.delete().where(_TABLE.c.media_id == media_id))


def set_place(unit: UnitOfWork, media_id: int, place: int) -> None:
    """Move a picture."""
    unit.connection.execute(
        _TABLE.update().where(_TABLE.c.media_id == media_id).values(place=place)
    )
