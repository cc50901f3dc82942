"""`tresen server`: the web process, and beside it the scheduler."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable
from contextlib import nullcontext
from ipaddress import ip_address
from types import FrameType

import uvicorn

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import make_ready
from central_server.app.supervisor import scheduler_process
from central_server.platform.garbage import set_aside_what_stays
from central_server.platform.observability import configure_logging
from central_server.platform.settings import Settings
from shared.errors import EnvironmentProblem

_FAREWELL_SECONDS = 10


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `server`."""
    parser.add_argument("--host", help="address to listen on (TRESEN_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (TRESEN_PORT, default 8400)")
    parser.add_argument(
        "--web-only", action="store_true", help="start no scheduler: it runs elsewhere"
    )


class _Server(uvicorn.Server):
    """Lets waiting requests answer as soon as the process is told to stop."""

    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop has come."""
        self._on_exit()
        super().handle_exit(sig, frame)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    configure_logging(settings.log_level)
    host = arguments.host or settings.host
    port = settings.port if arguments.port is None else arguments.port
    _require_tls(host, settings)
    listener = _listen(host, port)
    context = compose(settings)
    try:
        make_ready(context)
        app = create_app(context, nullcontext if arguments.web_only else scheduler_process)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_FAREWELL_SECONDS,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
        scheme = "https" if settings.tls_certificate else "http"
        print(f"Tresen listens on {scheme}://{host}:{listener.getsockname()[1]}", flush=True)
        set_aside_what_stays()
        _Server(config, app.state.feed_watch.close).run(sockets=[listener])
    finally:
        listener.close()
        context.database.dispose()
    return 0


def _require_tls(host: str, settings: Settings) -> None:
    """`EnvironmentProblem('tls_required')` where requests would cross a network in the clear."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        inside = all(ip_address(str(entry[4][0])).is_loopback for entry in found)
    except (OSError, ValueError):
        return  # no address at all: said when it is taken
    if not inside and settings.tls_certificate is None and not settings.behind_tls_proxy:
        raise EnvironmentProblem("tls_required", {"host": host})


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a taken port is said in one line."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as problem:
        params = {"address": f"{host}:{port}", "reason": str(problem)[:120]}
        raise EnvironmentProblem("port_taken", params) from problem
    listener.set_inheritable(False)
    return listener
