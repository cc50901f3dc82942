"""Small photos of articles for tills, by the key that an item names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from central_server.features.catalogue import media
from central_server.gateway.authentication import SigningTill
from central_server.platform.unit_of_work import ReadOnlyUnit

router = APIRouter(prefix="/api/v1/till", tags=["till"])

Key = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get(
    "/pictures/{key}",
    summary="A small photo of an article",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The photo"}},
)
def picture(key: Key, _identity: SigningTill, unit: ReadOnlyUnit) -> Response:
    """JPEG, at most 320 pixels wide and high; what is under a key never changes. 404 `picture_unknown`."""
    return Response(media.small_picture(unit, key), media_type="image/jpeg")
