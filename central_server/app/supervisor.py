"""Keeps the scheduler process alive beside the web process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

import structlog

log = structlog.get_logger(__name__)

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_HEALTHY_AFTER = 60.0
_FAREWELL_SECONDS = 10.0


@contextlib.asynccontextmanager
async def scheduler_process() -> AsyncIterator[None]:
    """Run `tresen scheduler` as a child for as long as the block lasts; start it again when it ends."""
    task = asyncio.create_task(_keep_running())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_running() -> None:
    pause = _FIRST_PAUSE
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "central_server.app.cli",
            "scheduler",
            "--parent",
            str(os.getpid()),
        )
        try:
            status = await child.wait()
        except asyncio.CancelledError:
            await _end(child)
            raise
        if loop.time() - started > _HEALTHY_AFTER:
            pause = _FIRST_PAUSE
        log.error("scheduler_ended", status=status, again_in_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _FAREWELL_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
