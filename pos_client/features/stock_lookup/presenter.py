"""Looking articles and their stock up. Changes nothing; nobody needs to be logged in."""

from __future__ import annotations

from pos_client.features.stock_lookup.ports import Catalogue, LookupView, StockSight
from pos_client.features.stock_lookup.state import FoundRow, LookupState, StockLevelRow, StockState
from pos_client.ports import Place, Recording, Texts
from shared.catalogue import Item
from shared.errors import DomainError

FOUND = 30


class LookupPresenter:
    """The newest query wins; dropping older answers is the caller's business."""

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockSight,
        recording: Recording,
        place: Place,
        texts: Texts,
        view: LookupView,
    ) -> None:
        self._catalogue = catalogue
        self._stock = stock
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view

    def on_search(self, text: str, limit: int = FOUND) -> LookupState:
        """Articles while typing."""
        moment = self._recording.moment()
        rows = []
        for item in self._catalogue.search(text, min(max(limit, 1), 200)):
            price = self._catalogue.price(item.sku, moment)
            shown = self._texts.money(price, self._place.currency) if price is not None else ""
            rows.append(
                FoundRow(
                    key=item.sku,
                    sku=item.sku,
                    article_no=item.article_no,
                    name=item.name(self._texts.language),
                    detail=_detail(item),
                    price=shown,
                    drawing="box",
                )
            )
        notice = "" if rows or not text.strip() else self._texts.text("lookup.nothing")
        return self._render(LookupState(query=text, found=tuple(rows), notice=notice))

    def on_stock(self, code: str) -> StockState:
        """Stock of the article under a code, and of its other sizes and colours."""
        try:
            items = self._catalogue.variants(self._catalogue.find(code.strip()).article_no)
        except DomainError as error:
            if error.code != "article_ambiguous":
                raise
            items = self._catalogue.variants(code.strip())
        rows = []
        for item in items:
            for location, quantity in sorted(self._stock.levels(item.sku).items()):
                rows.append(
                    StockLevelRow(
                        sku=item.sku,
                        detail=_detail(item),
                        location=location,
                        quantity=self._texts.quantity(quantity),
                        own=location == self._place.store_id,
                    )
                )
        notice = "" if rows else self._texts.text("lookup.no_stock")
        return StockState(levels=tuple(rows), notice=notice)

    def _render(self, state: LookupState) -> LookupState:
        self._view.render(state)
        return state


def _detail(item: Item) -> str:
    return " ".join(part for part in (item.size, item.colour) if part)
