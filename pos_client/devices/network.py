"""Which devices answer on the network beside this machine: printers by their raw port, terminals by theirs.

A person asks for it while a device is set up; nothing looks around the network by itself. Only the addresses of the own
/24 are asked, all at once and briefly, and nothing is said to who answers.
"""

from __future__ import annotations

import errno
import ipaddress
import select
import socket
from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from pos_client.devices.finding import FoundDevice, Guess
from pos_client.runtime.gui_thread import assert_not_gui_thread

# What listens where: by its port.
PORTS: Mapping[int, Guess] = {9100: "printer", 20007: "terminal"}
_UNDER_WAY = frozenset((0, errno.EINPROGRESS, errno.EWOULDBLOCK))
_MOST_AT_ONCE = 128
# Nothing is sent to it: the system only says by which of its own addresses it would go there.
_ELSEWHERE = ("192.0.2.1", 9)


def own_network() -> tuple[str, ...]:
    """The addresses beside this machine's own on its /24; none without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looking:
        try:
            looking.connect(_ELSEWHERE)
            own = str(looking.getsockname()[0])
        except OSError:
            return ()
    if ipaddress.ip_address(own).is_loopback:
        return ()
    network = ipaddress.ip_network(f"{own}/24", strict=False)
    return tuple(str(host) for host in network.hosts() if str(host) != own)


def find_on_network(
    hosts: Callable[[], Iterable[str]] = own_network,
    ports: Mapping[int, Guess] = PORTS,
    seconds: float = 0.6,
) -> tuple[FoundDevice, ...]:
    """Who takes a connection at one of the ports, by address; each has so many seconds to answer."""
    assert_not_gui_thread("the network")
    wanted = [(host, port) for host in hosts() for port in ports]
    found: list[FoundDevice] = []
    for at in range(0, len(wanted), _MOST_AT_ONCE):
        for host, port in _answering(wanted[at : at + _MOST_AT_ONCE], seconds):
            found.append(FoundDevice(f"tcp://{host}:{port}", guess=ports[port]))
    return tuple(found)


def _answering(wanted: Iterable[tuple[str, int]], seconds: float) -> list[tuple[str, int]]:
    calls: dict[socket.socket, tuple[str, int]] = {}
    answered: set[tuple[str, int]] = set()
    try:
        for place in wanted:
            call = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            call.setblocking(False)
            if call.connect_ex(place) in _UNDER_WAY:
                calls[call] = place
            else:
                call.close()
        deadline = monotonic() + seconds
        waiting = set(calls)
        while waiting and (left := deadline - monotonic()) > 0:
            _, ready, _ = select.select([], list(waiting), [], left)
            for call in ready:
                if call.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    answered.add(calls[call])
            waiting -= set(ready)
    finally:
        for call in calls:
            call.close()
    return sorted(answered, key=lambda place: (ipaddress.ip_address(place[0]), place[1]))
