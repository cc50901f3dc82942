"""Photos on the till: kept within bounds, fetched once, and no trouble where neither disk nor centre is well."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from pos_client.app.pictures import PAUSE, GoodsPictures
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread
from pos_client.storage.picture_cache import PictureCache
from pos_client.sync.ports import CentreRefusedError
from shared.errors import EnvironmentProblem
from shared.identity import FixedClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
A, B, C, D = (letter * 64 for letter in "abcd")


class Line:
    """A centre with some photos; `failure` is raised instead of an answer."""

    def __init__(self, **photos):
        self.photos = photos
        self.asked = []
        self.failure = None

    def picture(self, key):
        self.asked.append(key)
        if self.failure is not None:
            raise self.failure
        if key[0] not in self.photos:
            raise CentreRefusedError(404, "picture_unknown")
        return self.photos[key[0]]


def stamp(folder, key, age):
    when = NOW.timestamp() - age
    os.utime(folder / f"{key}.jpg", (when, when))


def test_what_was_not_looked_at_for_longest_goes_first(tmp_path):
    cache = PictureCache(tmp_path / "pictures", most=100)
    for age, key in ((30, A), (20, B), (10, C)):
        cache.put(key, key[0].encode() * 30)
        stamp(tmp_path / "pictures", key, age)
    assert cache.get(A) == b"a" * 30
    cache.put(D, b"d" * 30)
    assert [cache.get(key) is not None for key in (A, B, C, D)] == [True, False, True, True]
    assert sum(file.stat().st_size for file in (tmp_path / "pictures").iterdir()) <= 90


def test_another_run_counts_what_lies_there(tmp_path):
    PictureCache(tmp_path, most=100).put(A, b"a" * 60)
    stamp(tmp_path, A, 60)
    later = PictureCache(tmp_path, most=100)
    later.put(B, b"b" * 60)
    assert (later.get(A), later.get(B)) == (None, b"b" * 60)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "a" * 63, f"{A}\n"])
def test_only_keys_name_files(tmp_path, key):
    cache = PictureCache(tmp_path / "pictures")
    cache.put(key, b"x")
    assert cache.get(key) is None
    assert not (tmp_path / "pictures").exists()


def test_a_disk_that_refuses_is_one_without_photos(tmp_path):
    (tmp_path / "pictures").write_text("a file where the folder should be")
    cache = PictureCache(tmp_path / "pictures")
    cache.put(A, b"x")
    assert cache.get(A) is None
    small = PictureCache(tmp_path / "small", most=3)
    small.put(A, b"four")
    assert small.get(A) is None


def test_the_thread_that_draws_touches_no_file(tmp_path):
    cache = PictureCache(tmp_path)
    mark_gui_thread()
    try:
        with pytest.raises(RuntimeError):
            cache.get(A)
        with pytest.raises(RuntimeError):
            cache.put(A, b"x")
    finally:
        forget_gui_thread()


def test_a_photo_is_fetched_once_and_stays_without_a_network(tmp_path):
    line, clock = Line(a=b"photo"), FixedClock(NOW)
    opened = []
    pictures = GoodsPictures(PictureCache(tmp_path), lambda: opened.append(1) or line, clock)
    assert [pictures.load(A), pictures.load(A)] == [b"photo", b"photo"]
    assert (line.asked, opened) == ([A], [1])
    line.failure = EnvironmentProblem("centre_unreachable")
    offline = GoodsPictures(PictureCache(tmp_path), lambda: line, clock)
    assert offline.load(A) == b"photo"


def test_a_silent_centre_is_left_alone_for_a_while(tmp_path):
    line, clock = Line(a=b"photo"), FixedClock(NOW)
    line.failure = EnvironmentProblem("centre_unreachable")
    pictures = GoodsPictures(PictureCache(tmp_path), lambda: line, clock)
    assert [pictures.load(A), pictures.load(B)] == [b"", b""]
    assert line.asked == [A]
    line.failure = None
    clock.at += PAUSE - timedelta(seconds=1)
    assert pictures.load(A) == b""
    clock.at += timedelta(seconds=1)
    assert pictures.load(A) == b"photo"


def test_a_photo_that_is_gone_is_asked_for_once(tmp_path):
    line = Line(a=b"photo")
    pictures = GoodsPictures(PictureCache(tmp_path), lambda: line, FixedClock(NOW))
    assert [pictures.load(B), pictures.load(B), pictures.load(A)] == [b"", b"", b"photo"]
    assert line.asked == [B, A]
