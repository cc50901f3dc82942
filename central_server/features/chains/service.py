"""All chains of the centre: the ledger's blocks, looks at customers, consents, the audit trail. Anchoring, checking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central_server.features.audit.chain import RowChain
from central_server.features.audit.trail_chain import TRAIL_CHAIN
from central_server.features.chains import repository
from central_server.features.customers.look_chain import CONSENT_CHAIN, LOOK_CHAIN
from central_server.features.ledger import block_repository
from central_server.features.ledger.verification import Finding
from central_server.platform.security import SigningKey
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

ROW_CHAINS: tuple[RowChain, ...] = (TRAIL_CHAIN, LOOK_CHAIN, CONSENT_CHAIN)
LEDGER = "ledger"
_PAGE = 500
_MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class _Links:
    """Where a chain ends, and what its hashes are at some positions."""

    head: Callable[[ReadUnit], tuple[int, str]]
    hashes: Callable[[ReadUnit, Sequence[int]], Mapping[int, str]]


def chain_rows(unit: UnitOfWork) -> int:
    """Put the next rows of every chain behind it; how many."""
    return sum(chain.chain_some(unit) for chain in ROW_CHAINS)


def anchor(unit: UnitOfWork, key: SigningKey, at: datetime) -> int:
    """Sign what each chain is now, where it has grown since; how many."""
    count = 0
    for name, links in _LINKS.items():
        position, digest = links.head(unit)
        if position > repository.last_position(unit.connection, name):
            signature = key.sign(_text(name, position, digest, at))
            repository.add(unit.connection, name, position, digest, at, signature)
            count += 1
    return count


def heads(unit: ReadUnit) -> dict[str, tuple[int, str]]:
    """The end of each chain: worth keeping elsewhere."""
    return {name: links.head(unit) for name, links in _LINKS.items()}


def verify_chains(unit: ReadUnit, public_key: bytes) -> list[Finding]:
    """Chains that do not hold, and anchors that are not theirs. The ledger's blocks are checked with the ledger."""
    broken = ((chain.name, chain.first_broken(unit)) for chain in ROW_CHAINS)
    found = [
        Finding("chain_broken", {"chain": name, "position": position})
        for name, position in broken
        if position is not None
    ]
    for name, links in _LINKS.items():
        found += islice(_wrong_anchors(unit, name, links, public_key), _MOST_FINDINGS)
    return found


def _wrong_anchors(
    unit: ReadUnit, name: str, links: _Links, public_key: bytes
) -> Iterator[Finding]:
    key, last = Ed25519PublicKey.from_public_bytes(public_key), 0
    while rows := repository.anchors(unit.connection, name, last, _PAGE):
        last = rows[-1].position
        there = links.hashes(unit, [row.position for row in rows])
        for row in rows:
            text = _text(name, row.position, row.hash, row.anchored_at)
            if there.get(row.position) != row.hash or not _signed(key, row.signature, text):
                yield Finding("chain_anchor_differs", {"chain": name, "position": row.position})


def _signed(key: Ed25519PublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _text(name: str, position: int, digest: str, at: datetime) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return "\n".join(("tresen-anchor-1", name, str(position), digest, moment)).encode("utf-8")


def _ledger_head(unit: ReadUnit) -> tuple[int, str]:
    last = block_repository.last_block(unit.connection)
    return (last.n, last.hash.hex()) if last is not None else (0, "")


def _ledger_hashes(unit: ReadUnit, positions: Sequence[int]) -> Mapping[int, str]:
    found = block_repository.hashes(unit.connection, positions)
    return {n: digest.hex() for n, digest in found.items()}


def _row_links(chain: RowChain) -> _Links:
    return _Links(chain.head, lambda unit, positions: chain.rows.hashes(unit.connection, positions))


_LINKS: Mapping[str, _Links] = {
    LEDGER: _Links(_ledger_head, _ledger_hashes),
    **{chain.name: _row_links(chain) for chain in ROW_CHAINS},
}
