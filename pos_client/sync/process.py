"""The sync process: two loops beside each other, each with connections of its own, until the parent is gone."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

import structlog

from pos_client import BUILD
from pos_client.runtime.child import parent_is
from pos_client.runtime.clock import SystemClock, sleep
from pos_client.runtime.logs import log_to_stderr
from pos_client.runtime.workers import start_worker
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.lock import ProcessLock
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from pos_client.storage.person_keys import PersonKeys
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.device_news import DeviceNews
from pos_client.sync.key_files import CustomerKeyFile, PinKeyFile, missing_certificate
from pos_client.sync.keys import TillKey
from pos_client.sync.loop import SyncLoop
from pos_client.sync.nudge import NudgeListener
from pos_client.sync.person_keys import PersonKeyUpload
from pos_client.sync.ports import Sleeper
from pos_client.sync.transport import HttpTransport
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger()
EXIT_PROBLEM = 2


class PlainSleeper:
    """Waits and hears no nudge: for the feeds, which wait at the centre."""

    def wait(self, seconds: float) -> bool:
        """Wait `seconds`."""
        sleep(seconds)
        return False


def make_loop(paths: DataPaths, identity: TillIdentity, clock: Clock, sleeper: Sleeper) -> SyncLoop:
    """A loop with its own journal connection and its own connection to the centre."""
    journal = open_journal(paths, identity)
    state = UploadStore(journal.file).load()
    transport = HttpTransport(
        identity.centre_url,
        identity.key_id,
        TillKey.load(paths.key),
        clock,
        build=BUILD,
        offset=timedelta(milliseconds=state.clock_offset_ms),
    )
    return SyncLoop(
        transport=transport,
        clock=clock,
        sleeper=sleeper,
        journal=journal,
        files=ReferenceFiles(paths.reference),
        identity=identity,
        jitter=random.SystemRandom().random,
        keys=(
            PinKeyFile(paths.pin_key),
            CustomerKeyFile(paths.customer_key),
            *missing_certificate(paths, identity),
        ),
        vault=CustomerVault(paths.customer_key),
        devices=DeviceNews(transport, paths.device_report),
        people=PersonKeyUpload(transport, PersonKeys(paths.people)),
    )


def run(data: Path, parent: int | None) -> None:
    """Exchange with the centre until told to stop or until `parent` is gone.

    `EnvironmentProblem` if the process cannot start: `not_provisioned`, `already_running`, a damaged journal.
    """
    paths = DataPaths(data)
    paths.prepare()
    lock = ProcessLock(paths.lock("sync"))
    identity = IdentityFile(paths).require()
    clock = SystemClock()
    stopping = _stop_on_signals()

    def stopped() -> bool:
        return stopping() or (parent is not None and not parent_is(parent))

    listener = NudgeListener(paths.nudge_port)
    uploads = make_loop(paths, identity, clock, listener)
    log.info("sync_started", till=identity.till_id, centre=identity.centre_url)
    start_worker(
        "feeds",
        lambda: make_loop(paths, identity, clock, PlainSleeper()).run_feeds(stopped),
    )
    uploads.run_upload(stopped)
    log.info("sync_stopped")
    listener.close()
    lock.release()


def _stop_on_signals() -> Callable[[], bool]:
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return lambda: bool(caught)


def serve(data: Path, parent: int | None = None) -> NoReturn:
    """As `run`, with the log on stderr; ends the process with status 0 when it is told to stop."""
    log_to_stderr()
    run(data, parent)
    # The feeds' worker may be waiting at the centre; nothing it does needs to be finished.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m pos_client.sync --data DIR`, as the till starts it; 2 with one line in its log if it cannot start."""
    parser = argparse.ArgumentParser(
        prog="tresen sync",
        description="exchange a till's journal and reference data with the centre",
    )
    parser.add_argument("--data", type=Path, required=True, help="data directory of the till")
    parser.add_argument("--parent", type=int, help="end when this process is no longer the parent")
    options = parser.parse_args(arguments)
    try:
        serve(options.data, options.parent)
    except (EnvironmentProblem, DomainError) as problem:
        sys.stderr.write(f"tresen sync: {problem}\n")
        return EXIT_PROBLEM
