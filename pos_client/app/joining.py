"""Making a data directory the till it should be: at its screen, or with a code of the centre on this machine."""

from __future__ import annotations

from pathlib import Path

from pos_client import BUILD
from pos_client.app.composition import LastState
from pos_client.app.joiner import CentreJoiner
from pos_client.app.local_centre import LocalCentre
from pos_client.app.translations import TillTexts
from pos_client.features.joining.presenter import JoiningPresenter
from pos_client.features.joining.state import JoiningState
from pos_client.runtime.clock import SystemClock
from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.paths import DataPaths
from pos_client.sync.keys import TillKey
from pos_client.sync.provisioning import provision
from pos_client.sync.transport import HttpTransport, request_provisioning
from shared.errors import DomainError
from shared.wire.models import ProvisionAnswer, ProvisionRequest


def open_joining(data: Path, texts: TillTexts) -> JoiningPresenter:
    """What the joining screen of the data directory `data` needs."""
    clock = SystemClock()

    def ask(url: str, request: ProvisionRequest) -> ProvisionAnswer:
        return request_provisioning(url, request, build=BUILD)

    def connect(identity: TillIdentity, key: TillKey) -> HttpTransport:
        return HttpTransport(identity.centre_url, identity.key_id, key, clock, build=BUILD)

    joiner = CentreJoiner(DataPaths(data), clock, ask, connect)
    return JoiningPresenter(joiner, texts, LastState[JoiningState]())


def join(centre: LocalCentre, paths: DataPaths, store_id: str, till_id: str) -> TillIdentity:
    """The identity of `till_id` in `paths`: as it is, at the centre's new address, or fresh with a one-time code.

    `DomainError('till_productive')` for a till that does business: replay and demo keep off it;
    `('till_other_store')` for one that stands elsewhere.
    """
    file = IdentityFile(paths)
    identity = file.load()
    if identity is None:
        code = centre.command("till-code", "--store", store_id, "--till", till_id).strip()

        def ask(request: ProvisionRequest) -> ProvisionAnswer:
            return request_provisioning(centre.url, request, build=BUILD)

        identity = provision(paths, centre.url, code, ask, build=BUILD, till_id=till_id)
    elif identity.centre_url != centre.url:
        identity = file.readdress(centre.url)
    if identity.mode == "productive":
        raise DomainError("till_productive", {"till": identity.till_id})
    if identity.store.store_id != store_id:
        params = {"till": identity.till_id, "store": identity.store.store_id}
        raise DomainError("till_other_store", params)
    return identity
