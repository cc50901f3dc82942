"""Pictures of articles: handed in, shown, put first, deleted; by whom, and what is refused."""

import re

import pytest

from central_server.features.catalogue import media
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.platform.unit_of_work import run_writing
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import fill_shelves
from tests.unit.test_pictures import drawn, opened

PAGE = "/articles/40-2217"


@pytest.fixture
def desk(chain):
    fill_shelves(chain.context.database)
    return at_desk(chain, "6")


def hand_in(desk, content, alt="Chino von vorn", name="bild.png"):
    data = {"form_token": desk.form_token(), "alt": alt}
    files = {"file": (name, content, "image/png")} if content is not None else None
    return desk.client.post(f"{PAGE}/media", data=data, files=files)


def shown(desk):
    """Texts of the pictures of the article's gallery, in order, and their addresses."""
    text = desk.get(PAGE).text
    return re.findall(r'<img src="([^"]+small\.jpg)" alt="([^"]+)"', text)


def test_a_picture_is_handed_in_shown_put_first_and_deleted(chain, desk):
    assert "Noch kein Bild." in words(desk.get(PAGE))
    assert hand_in(desk, drawn(size=(900, 600))).status_code == 303
    assert hand_in(desk, drawn(colour="blue"), "Chino von hinten <b>").status_code == 303
    (first, front), (second, back) = shown(desk)
    assert (front, back) == ("Chino von vorn", "Chino von hinten &lt;b&gt;")
    answer = desk.get(first)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "private" in answer.headers["cache-control"]
    assert opened(answer.content).size == (320, 213)
    assert opened(desk.get(first.replace("small", "large")).content).size == (900, 600)
    number = second.split("/")[-2]
    desk.send(f"{PAGE}/media/{number}/first", PAGE)
    assert [alt for _, alt in shown(desk)] == ["Chino von hinten &lt;b&gt;", "Chino von vorn"]
    desk.send(f"{PAGE}/media/{number}/drop", PAGE)
    assert [alt for _, alt in shown(desk)] == ["Chino von vorn"]
    assert desk.get(second).status_code == 404
    trail = words(at_desk(chain, "1").get("/audit?kind=picture"))
    assert trail.count("40-2217") >= 3
    assert desk.send(f"{PAGE}/media/{number}/drop", PAGE).status_code == 404
    assert desk.get(first.replace("40-2217", "S-1")).status_code == 404


@pytest.mark.parametrize(
    ("content", "alt", "said"),
    [
        (b"<svg></svg>", "Bild", "Das ist kein JPEG-, PNG- oder WebP-Bild."),
        (None, "Bild", "Das ist kein JPEG-, PNG- oder WebP-Bild."),
        (drawn(), " ", "Sagen, was darauf zu sehen ist."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(desk, content, alt, said):
    answer = hand_in(desk, content, alt)
    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert shown(desk) == []


def test_no_picture_twice_and_not_too_many(desk, monkeypatch):
    hand_in(desk, drawn())
    assert "Dieses Bild gibt es schon." in words(hand_in(desk, drawn(), "noch einmal"))
    monkeypatch.setattr(media, "MOST_PICTURES", 1)
    assert "höchstens 24 Bilder" in words(hand_in(desk, drawn(colour="green"), "zu viel"))


def test_who_may_only_look_hands_nothing_in(chain, desk):
    hand_in(desk, drawn())
    ((address, _),) = shown(desk)
    manager = at_desk(chain, "5")
    assert manager.get(address).status_code == 200
    assert "Bild hinzufügen" not in words(manager.get(PAGE))
    assert hand_in(manager, drawn(colour="blue")).status_code == 403


def test_tills_learn_of_a_picture_and_fetch_its_small_version(web_centre):
    def change(work):
        found = run_writing(web_centre.context.database, work)
        web_centre.drain()
        return found

    now = web_centre.clock.now()
    goods = [ArticleDraft("H-9", {"de": "Hose Murg"}, "Murg", "Herren>Hosen")]
    variants = [VariantDraft(f"H-9-{size}", "H-9", size, "") for size in ("30", "32")]
    change(lambda unit: enter_batch(unit, goods, variants, now))
    till = web_centre.join("DE01-T1")
    rows, cursor = till.follow("reference")
    assert "picture" not in rows["item", "chain", "H-9-30"]

    def add(colour):
        content = drawn(size=(900, 600), colour=colour)
        return change(lambda unit: media.add_picture(unit, "H-9", content, colour, now))

    first, second = add("peru"), add("olive")
    rows, cursor = till.follow("reference", cursor)
    assert {row["picture"] for row in rows.values()} == {first.digest}
    assert len(rows) == 2
    answer = till.get(f"/api/v1/till/pictures/{first.digest}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert opened(answer.content).size == (320, 213)

    change(lambda unit: media.move_first(unit, "H-9", second.media_id))
    rows, cursor = till.follow("reference", cursor)
    assert {row["picture"] for row in rows.values()} == {second.digest}
    for one in (first, second):
        change(lambda unit, one=one: media.drop_picture(unit, "H-9", one.media_id))
    rows, _ = till.follow("reference", cursor)
    assert all("picture" not in row for row in rows.values())
    gone = till.get(f"/api/v1/till/pictures/{first.digest}")
    assert (gone.status_code, gone.json()["code"]) == (404, "picture_unknown")
    assert till.get("/api/v1/till/pictures/..%2Fsecret").status_code in (404, 422)
    unsigned = {"X-Till-Protocol": "1"}
    told = web_centre.client.get(f"/api/v1/till/pictures/{first.digest}", headers=unsigned)
    assert told.status_code == 401
