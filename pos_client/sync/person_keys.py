"""Keys of persons to the centre: before the events that they open, until its lists have those customers."""

from __future__ import annotations

import base64
from collections.abc import Callable

from pos_client.storage.person_keys import PersonKeys
from pos_client.sync.ports import CentreTransport
from shared.customers import KEY_PREFIX
from shared.wire.newcomers import MOST_PERSON_KEYS, PersonKey
from shared.wire.newcomers import PersonKeys as Sent


class PersonKeyUpload:
    """Sends each key once a run; sent again it changes nothing."""

    def __init__(self, transport: CentreTransport, keys: PersonKeys) -> None:
        self._transport = transport
        self._keys = keys
        self._sent: set[str] = set()

    def send(self) -> None:
        """Hand over what the centre has not got. Raises as the transport."""
        waiting = [number for number in self._keys.numbers() if number not in self._sent]
        for start in range(0, len(waiting), MOST_PERSON_KEYS):
            part = waiting[start : start + MOST_PERSON_KEYS]
            found = {number: self._keys.key(number) for number in part}
            keys = [
                PersonKey(customer=number, key=base64.b64encode(key).decode("ascii"))
                for number, key in found.items()
                if key is not None
            ]
            for number in self._transport.person_keys(Sent(keys=keys)).gone if keys else ():
                self._keys.forget(number)
            # What was said of somebody who exists is not shown again: from now on only the centre can read it.
            for number in part:
                if number.startswith(KEY_PREFIX):
                    self._keys.forget(number)
            self._sent |= set(part)

    def settle(self, listed: Callable[[str], bool]) -> None:
        """Delete the keys of customers whom the centre's lists have by now."""
        for number in self._keys.numbers():
            if listed(number):
                self._keys.forget(number)

    def forget_all(self) -> None:
        """Delete every key."""
        self.settle(lambda _number: True)
