"""Pictures of an article: handed in, put first, deleted, and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.article_list_page import ArticleVisitor
from central_server.backoffice.article_pages import ArticleKeeper, article_answer
from central_server.backoffice.numbers import NumberInPath
from central_server.backoffice.scope import link
from central_server.backoffice.trail import note
from central_server.features.audit.service import AuditChange
from central_server.features.catalogue import media
from central_server.platform.pictures import MOST_BYTES
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)


@router.post("/articles/{article_no}/media")
def add_picture(
    request: Request,
    article_no: str,
    visitor: ArticleKeeper,
    unit: WriteUnit,
    file: Annotated[UploadFile | None, File()] = None,
    alt: Annotated[str, Form(max_length=media.MOST_ALT)] = "",
) -> Response:
    """Keep a picture, drawn anew; what is none is said beside the field."""
    now = request.app.state.business_clock.now()
    content = file.file.read(MOST_BYTES + 1) if file is not None else b""
    try:
        added = media.add_picture(unit, article_no, content, alt, now)
    except DomainError as refusal:
        return article_answer(
            request, visitor, unit, article_no, "stock", "", {"alt": alt}, refusal
        )
    facts = {"name": added.alt, "state": "added"}
    note(request, visitor, unit, AuditChange("added", "picture", article_no, {}, facts))
    return RedirectResponse(link(f"/articles/{article_no}", saved=1), status_code=303)


@router.post("/articles/{article_no}/media/{media_id}/drop")
def drop_picture(
    request: Request,
    article_no: str,
    media_id: NumberInPath,
    visitor: ArticleKeeper,
    unit: WriteUnit,
) -> Response:
    """Delete a picture."""
    gone = media.drop_picture(unit, article_no, media_id)
    note(
        request,
        visitor,
        unit,
        AuditChange("removed", "picture", article_no, {"name": gone.alt}, {}),
    )
    return RedirectResponse(link(f"/articles/{article_no}", saved=1), status_code=303)


@router.post("/articles/{article_no}/media/{media_id}/first")
def move_first(
    request: Request,
    article_no: str,
    media_id: NumberInPath,
    visitor: ArticleKeeper,
    unit: WriteUnit,
) -> Response:
    """Let a picture be the article's most important one."""
    media.move_first(unit, article_no, media_id)
    change = AuditChange("changed", "picture", article_no, {}, {"state": "first"})
    note(request, visitor, unit, change)
    return RedirectResponse(link(f"/articles/{article_no}", saved=1), status_code=303)


@router.get("/articles/{article_no}/media/{media_id}/{size}.jpg")
def picture(
    article_no: str,
    media_id: NumberInPath,
    size: Literal["small", "large"],
    _visitor: ArticleVisitor,
    unit: ReadOnlyUnit,
) -> Response:
    """One picture; it never changes under its number."""
    content = media.content_of(unit, article_no, media_id, small=size == "small")
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Response(content, media_type="image/jpeg", headers=headers)
