"""Joining from the till's screen, against a centre: typed address and code, key, identity, first data."""

import base64
import stat

import httpx
import pytest

from pos_client.app.joiner import CentreJoiner
from pos_client.runtime.clock import SystemClock
from pos_client.storage.identity import IdentityFile
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.transport import HttpTransport, request_provisioning
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.till_rig import Rig, filled

URL = "http://127.0.0.1:9"


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def paths(tmp_path):
    return DataPaths(tmp_path / "new")


def make_joiner(rig, paths):
    via = httpx.MockTransport(rig.centre.answer)

    def connect(identity, key):
        rig.centre.key = base64.b64decode(key.public_text())
        return HttpTransport(
            identity.centre_url, identity.key_id, key, rig.centre.clock, build="t", via=via
        )

    return CentreJoiner(
        paths,
        SystemClock(),
        lambda url, request: request_provisioning(url, request, build="t", via=via),
        connect,
    )


def first_data(rig, paths, tmp_path, *, snapshot):
    filled(rig.centre, 30)
    if snapshot:
        rig.centre.build_snapshot(tmp_path)
    joiner = make_joiner(rig, paths)
    joiner.check(URL, " ABCD 1234 ")
    joiner.make_key()
    assert joiner.join(URL, "ABCD-1234") == rig.world.identity.store.name
    shown = []
    joiner.fetch(shown.append)
    reference = Reference(ReferenceFiles(paths.reference))
    assert reference.count() == 30
    assert reference.staff("101").name == "Mia"
    reference.close()
    return shown


@pytest.mark.parametrize("snapshot", [True, False])
def test_a_till_joins_and_has_its_first_data(rig, paths, tmp_path, snapshot):
    shown = first_data(rig, paths, tmp_path, snapshot=snapshot)
    assert IdentityFile(paths).load().centre_url == URL
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    assert shown[-1] == 90
    assert shown == sorted(shown)


def test_a_refusal_comes_with_the_centres_code_and_the_key_stays(rig, paths):
    joiner = make_joiner(rig, paths)
    joiner.make_key()
    key = paths.key_pending.read_bytes()
    with pytest.raises(DomainError, match="code_unknown"):
        joiner.join(URL, "WRONG")
    assert paths.key_pending.read_bytes() == key
    assert IdentityFile(paths).load() is None


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("", "ABCD-1234", "centre_url_invalid"),
        ("ftp://x", "ABCD-1234", "centre_url_invalid"),
        ("http://kasse.example", "ABCD-1234", "tls_required"),
        ("kasse.example", "A", "provision_code_malformed"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_made(rig, paths, address, code, said):
    with pytest.raises((DomainError, EnvironmentProblem), match=said):
        make_joiner(rig, paths).check(address, code)
    assert not paths.root.exists()


def test_an_address_without_a_scheme_is_encrypted(rig, paths):
    make_joiner(rig, paths).check("kasse.example", "ABCD-1234")
