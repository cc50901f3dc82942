"""What a server has when it is ready is not looked through for cycles again."""

import gc

from central_server.platform.garbage import set_aside_what_stays


def test_what_is_there_is_set_aside_and_what_comes_later_is_collected():
    before = gc.get_threshold()
    try:
        set_aside_what_stays()
        assert gc.get_freeze_count() > 10_000
        ring = []
        ring.append(ring)
        del ring
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
