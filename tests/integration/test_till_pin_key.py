"""The chain's secret for PINs comes to the till before the staff do, and goes with the incarnation."""

import base64
import stat

import pytest

from pos_client.storage.identity import IdentityFile
from pos_client.sync.key_files import PinKeyFile, load_key
from shared.errors import EnvironmentProblem
from tests.integration.till_rig import Rig, filled

KEY = bytes(range(32))


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def file(rig):
    rig.centre.pin_key = base64.b64encode(KEY).decode()
    return PinKeyFile(rig.paths.pin_key)


def test_the_key_is_kept_like_the_tills_own(rig, file):
    file.refresh(rig.centre.transport(None, rig.key))
    assert load_key(rig.paths.pin_key) == KEY
    assert stat.S_IMODE(rig.paths.pin_key.stat().st_mode) == 0o600


def test_a_round_fetches_it_once_and_a_new_one_replaces_it(rig, file):
    filled(rig.centre)
    loop = rig.loop()
    loop._keys = (file,)
    loop.feed_round()
    loop.feed_round()
    asked = [r.url.path for r in rig.centre.requests if r.url.path.endswith("/pin-key")]
    assert len(asked) == 1
    rig.centre.pin_key = base64.b64encode(KEY[::-1]).decode()
    loop._keys_due = True
    loop.feed_round()
    assert load_key(rig.paths.pin_key) == KEY[::-1]


def test_a_centre_without_keys_needs_none(rig, file):
    rig.centre.pin_key = None
    file.refresh(rig.centre.transport(None, rig.key))
    assert load_key(rig.paths.pin_key) is None


@pytest.mark.parametrize("answer", ["!" * 44, base64.b64encode(b"short" * 6 + b"123").decode()])
def test_what_is_no_key_is_not_kept(rig, file, answer):
    rig.centre.pin_key = answer
    with pytest.raises(EnvironmentProblem, match="centre_answer_malformed"):
        file.refresh(rig.centre.transport(None, rig.key))
    assert not rig.paths.pin_key.exists()


def test_a_new_incarnation_asks_for_its_own(rig, file):
    file.refresh(rig.centre.transport(None, rig.key))
    IdentityFile(rig.paths).take_over(rig.world.identity)
    assert load_key(rig.paths.pin_key) is None
