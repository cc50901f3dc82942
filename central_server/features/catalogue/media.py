"""Pictures of articles that were handed in. They lie in the database, so that every machine of the centre has them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from central_server.features.catalogue import media_repository, repository
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.pictures import draw_anew
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

MOST_PICTURES = 24
MOST_ALT = 200


@dataclass(frozen=True, slots=True)
class ArticlePicture:
    """A picture of an article; `alt` says what is to be seen on it."""

    media_id: int
    article_no: str
    alt: str
    width: int
    height: int
    digest: str


def pictures_of(unit: ReadUnit, article_no: str) -> list[ArticlePicture]:
    """The pictures of an article, the most important first."""
    return [
        ArticlePicture(row.media_id, row.article_no, row.alt, row.width, row.height, row.digest)
        for row in media_repository.rows(unit, article_no)
    ]


def add_picture(
    unit: UnitOfWork, article_no: str, content: bytes, alt: str, at: datetime
) -> ArticlePicture:
    """Add a picture behind the others.

    `DomainError`: `article_unknown`, 404; 422: `picture_alt_missing`, `pictures_too_many`, `picture_known` for one that
    is there, and as `draw_anew`.
    """
    if not repository.articles(unit, [article_no]):
        raise DomainError("article_unknown", {"article": article_no[:64]}, http_status=404)
    text = alt.strip()[:MOST_ALT]
    if not text:
        raise DomainError("picture_alt_missing", http_status=422)
    present = pictures_of(unit, article_no)
    if len(present) >= MOST_PICTURES:
        raise DomainError("pictures_too_many", {"most": MOST_PICTURES}, http_status=422)
    drawn = draw_anew(content)
    digest = hashlib.sha256(drawn.large).hexdigest()
    if any(one.digest == digest for one in present):
        raise DomainError("picture_known", http_status=422)
    values = {
        "article_no": article_no,
        "alt": text,
        "width": drawn.width,
        "height": drawn.height,
        "digest": digest,
        "large": drawn.large,
        "small": drawn.small,
        "added_at": at,
    }
    media_id = media_repository.insert(unit, values)
    _tell_tills(unit, article_no)
    return ArticlePicture(media_id, article_no, text, drawn.width, drawn.height, digest)


def drop_picture(unit: UnitOfWork, article_no: str, media_id: int) -> ArticlePicture:
    """Delete a picture; what was known of it. `DomainError('picture_unknown')`, 404."""
    found = _one(unit, article_no, media_id)
    media_repository.delete(unit, media_id)
    _tell_tills(unit, article_no)
    return found


def move_first(unit: UnitOfWork, article_no: str, media_id: int) -> None:
    """Let a picture be the most important one. `DomainError('picture_unknown')`, 404."""
    _one(unit, article_no, media_id)
    first = media_repository.rows(unit, article_no)[0].place
    media_repository.set_place(unit, media_id, first - 1)
    _tell_tills(unit, article_no)


def content_of(unit: ReadUnit, article_no: str, media_id: int, *, small: bool) -> bytes:
    """One picture as JPEG; `DomainError('picture_unknown')`, 404."""
    found = media_repository.content(unit, article_no, media_id, small=small)
    if found is None:
        raise DomainError("picture_unknown", http_status=404)
    return found


def small_picture(unit: ReadUnit, key: str) -> bytes:
    """The small version of the picture that the items of tills name; `DomainError('picture_unknown')`, 404."""
    found = media_repository.small_by_digest(unit, key)
    if found is None:
        raise DomainError("picture_unknown", http_status=404)
    return found


def _tell_tills(unit: UnitOfWork, article_no: str) -> None:
    """The items of an article name its first picture: tills get them anew."""
    skus = [row.sku for row in repository.variants_of(unit, [article_no]) if row.active]
    mark_changed(unit, [Change("reference", CHAIN, "item", sku) for sku in skus])


def _one(unit: ReadUnit, article_no: str, media_id: int) -> ArticlePicture:
    found = next((p for p in pictures_of(unit, article_no) if p.media_id == media_id), None)
    if found is None:
        raise DomainError("picture_unknown", http_status=404)
    return found
