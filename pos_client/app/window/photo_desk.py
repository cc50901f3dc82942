"""Fetches the photos that are painted and not there: one after another, what was asked for last first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from pos_client.kit.photos import Photos
from pos_client.runtime.tasks import Tasks

# A list that is scrolled through fast leaves lines behind that nobody sees any more.
_MOST_WAITING = 40


class PhotoDesk(QObject):
    """`load` gives a photo as JPEG, or nothing; it runs in the lane `pictures`."""

    def __init__(self, photos: Photos, tasks: Tasks, load: Callable[[str], bytes]) -> None:
        super().__init__()
        self._photos, self._tasks, self._load = photos, tasks, load
        self._waiting: dict[str, None] = {}
        self._asked = ""
        photos.wanted.connect(self._want)

    def _want(self, key: str) -> None:
        if key == self._asked:
            return
        self._waiting.pop(key, None)
        self._waiting[key] = None
        while len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        if not self._asked:
            self._next()

    def _next(self) -> None:
        self._asked = self._waiting.popitem()[0] if self._waiting else ""
        if self._asked:
            self._tasks.query(
                lambda key=self._asked: _image(self._load(key)),  # type: ignore[misc]
                self._show,
                owner=self,
                kind="picture",
                failed=lambda _problem: self._next(),
                lane="pictures",
            )

    def _show(self, image: QImage) -> None:
        if not image.isNull():
            self._photos.put(self._asked, image)
        self._next()


def _image(content: bytes) -> QImage:
    """Unpacked here, because a thread that draws must not stop for it; a null image for what is none."""
    image = QImage()
    image.loadFromData(content, "JPEG")
    return image
