"""The promotions that a till prices with, made ready: read and indexed once, and again when one has come or gone.

Ten thousand of them take a second. So a till with a window has them made beside everything else: `PromotionsAhead`
reads at the start and follows what the centre sends, and whoever prices takes what is ready. Until the next one is, the
one before holds; promotions are sent ahead of their start, so nothing begins late by that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pos_client.runtime.workers import start_worker
from pos_client.storage.paths import DataPaths
from pos_client.storage.promotion_shelf import PublishedPromotion
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.errors import EnvironmentProblem
from shared.promotions import Book

Published = tuple[PublishedPromotion, ...]
_LOOK_SECONDS = 1.0
_BREATH_SECONDS = 0.000_1


@dataclass(frozen=True, slots=True)
class ReadyBook:
    """Published promotions with their index, and each with its version by its id. Shared by lanes; never changed.

    `asks_for_means`: one of them holds for certain means of payment only.
    """

    published: Published
    book: Book
    versions: Mapping[str, PublishedPromotion]
    asks_for_means: bool


def make_ready(published: Published) -> ReadyBook:
    """The book of these promotions."""
    versions = {each.promotion.id: each for each in published}
    return ReadyBook(
        published,
        Book(each.promotion for each in versions.values()),
        versions,
        any(each.promotion.when.tenders for each in versions.values()),
    )


class ReadyBooks(Protocol):
    """Where the book to price with comes from; the same object as long as no promotion changed."""

    def __call__(self) -> ReadyBook:
        """May raise `EnvironmentProblem` as the reference data does."""


class PromotionsOnDemand:
    """Makes the book when it is asked for: whoever asks waits. `published` gives the same tuple until it changes."""

    def __init__(self, published: Callable[[], Published]) -> None:
        self._published = published
        self._ready = make_ready(())

    def __call__(self) -> ReadyBook:
        """The book of now."""
        published = self._published()
        if published is not self._ready.published:
            self._ready = make_ready(published)
        return self._ready


class PromotionsAhead:
    """Makes the book in a thread of its own, with a reader of its own; nobody waits but whoever comes before the
    first one.
    """

    def __init__(
        self, published: Callable[[], Published], done: Callable[[], object] = lambda: None
    ) -> None:
        self._make = PromotionsOnDemand(published)
        self._done = done
        self._ready: ReadyBook | None = None
        self._problem = EnvironmentProblem("reference_missing")
        self._looked = threading.Event()
        self._closed = threading.Event()
        self._join: Callable[[], object] = lambda: None

    def __call__(self) -> ReadyBook:
        """The last one that is ready; before the first, wait for it."""
        self._looked.wait()
        if self._ready is None:
            raise self._problem
        return self._ready

    def look(self) -> None:
        """Make the book anew if something came or went; trouble leaves the last one in use."""
        try:
            self._ready = self._make()
        except EnvironmentProblem as problem:
            self._problem = problem
        self._looked.set()

    def start(self) -> None:
        """Look now, and every second from then on."""
        self._join = start_worker("promotions", self._follow).join

    def _follow(self) -> None:
        self.look()
        while not self._closed.wait(_LOOK_SECONDS):
            self.look()
        self._done()

    def close(self) -> None:
        """Look no more, and let go of the file."""
        self._closed.set()
        self._join()


def promotions_ahead(paths: DataPaths, currency: str) -> PromotionsAhead:
    """Made ready from the reference data of a till, from now on."""
    # Python runs one thread at a time: whoever scans meanwhile must not wait for this one at every step.
    breath = threading.Event()
    reference = Reference(ReferenceFiles(paths.reference), lambda: breath.wait(_BREATH_SECONDS))
    ahead = PromotionsAhead(lambda: reference.promotions(currency), reference.close)
    ahead.start()
    return ahead
