"""Photos of goods in the lists and sheets of the till: painted once they are there, drawings until then."""

import io

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from central_server.features.catalogue import media
from central_server.features.catalogue.service import items
from central_server.platform.unit_of_work import reading
from pos_client.app.window.photo_desk import PhotoDesk
from pos_client.features.stock_lookup.state import (
    FoundRow,
    LookupState,
    StockRow,
    StockState,
    VariantState,
)
from pos_client.features.stock_lookup.variant_view import StockTable, VariantPicker
from pos_client.features.stock_lookup.view import LookupView
from pos_client.kit.photos import Photos
from pos_client.runtime.tasks import Tasks
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference_files import ReferenceFiles
from shared.wire.models import FeedRow
from shared.wire.payloads import item_payload
from tests.integration.till_world import page as feed_page
from tests.simulation.centre import SKUS, START

KEY = "ab" * 32
RED = (200, 30, 30)
ROW = FoundRow("H-1", "H-1", "H-1", "Hose Murg", "30 sand", "69,95 €", "trousers", KEY)
STORE = StockRow("DE01", "Hamburg", own=True, cells=("2",), total="2")


def jpeg(colour=RED, size=(60, 90)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", quality=95)
    return file.getvalue()


def is_red(colour):
    return colour.red() > 170 and colour.green() < 70 and colour.blue() < 70


@pytest.fixture
def photos(look):
    yield look.photos
    look.photos.forget()


def shown(widget, x, y):
    return widget.grab().toImage().pixelColor(x, y)


def test_a_hit_shows_its_photo_as_soon_as_it_is_there(qtbot, look, words, photos):
    view = LookupView(look, words)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_state(LookupState("hose", (ROW,)))
    with qtbot.waitSignal(photos.wanted) as wanted:
        view.list.viewport().repaint()
    assert wanted.args == [KEY]
    box = view.list.visualRect(view.model.index(0))
    middle = (box.left() + 34, box.top() + 32)
    assert not is_red(shown(view.list.viewport(), *middle))
    image = QImage()
    image.loadFromData(jpeg())
    photos.put(KEY, image)
    assert is_red(shown(view.list.viewport(), *middle))
    # Round corners: what is outside of them stays the row's ground.
    assert not is_red(shown(view.list.viewport(), box.left() + 12, box.top() + 10))


def test_the_sheets_of_an_article_show_its_photo(qtbot, look, words, photos):
    image = QImage()
    image.loadFromData(jpeg())
    photos.put(KEY, image)
    picker = VariantPicker(look, words, VariantState("H-1", "Hose Murg", image=KEY))
    stock = StockTable(look, words, StockState("H-1", "Hose", ("30",), (STORE,), image=KEY))
    for sheet, x, y in ((picker, 60, 52), (stock, 52, 44)):
        qtbot.addWidget(sheet)
        sheet.resize(500, 400)
        assert is_red(shown(sheet, x, y))


def test_the_newest_photo_that_was_asked_for_comes_first_and_what_is_none_shows_none(qtbot):
    tasks, photos, loaded = Tasks(), Photos(most=2), []

    def load(key):
        loaded.append(key)
        return b"" if key == "none" else b"broken" if key == "broken" else jpeg()

    desk = PhotoDesk(photos, tasks, load)
    for key in ("first", "second", "broken", "none", "last"):
        assert photos.get(key) is None
    qtbot.waitUntil(lambda: len(loaded) == 5 and photos.get("second") is not None)
    assert loaded == ["first", "last", "none", "broken", "second"]
    # Two are kept: of the three that came the first had to go.
    assert photos.get("last") is not None
    assert photos.get("") is None
    tasks.close()
    del desk


def test_a_search_at_the_till_fetches_the_photo_from_the_centre_and_keeps_it(shop, seat, qtbot):
    def picture(unit):
        article = items(unit, [SKUS[0]])[SKUS[0]].article_no
        media.add_picture(unit, article, jpeg(size=(400, 600)), "rot", START)
        return items(unit, [SKUS[0]])[SKUS[0]]

    item = shop.write(picture)
    assert item.picture
    applier = FeedApplier(ReferenceFiles(shop.device.paths.reference).current())
    row = FeedRow(
        kind="item", key=item.sku, scope="chain", seq=10**6, op="put", d=item_payload(item)
    )
    applier.take("reference", feed_page([row], "e.9.9"))
    applier.close()
    with reading(shop.context.database) as unit:
        wanted = media.small_picture(unit, item.picture)
    cashier = seat()
    cashier.type(item.name("de"))
    look = cashier.till.look
    qtbot.waitUntil(lambda: look.photos.get(item.picture) is not None, timeout=20_000)
    kept = shop.device.paths.pictures / f"{item.picture}.jpg"
    assert kept.read_bytes() == wanted
