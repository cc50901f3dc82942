"""Fetching a whole reference file: resumed where it stopped, verified in every respect, then taken into use."""

from __future__ import annotations

import errno
import hashlib
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.reference_install import install_snapshot
from pos_client.sync.keys import CentreKey
from pos_client.sync.ports import Transport
from shared.errors import EnvironmentProblem
from shared.wire.models import SnapshotManifest
from shared.wire.reference_schema import SCHEMA_VERSION

_CHUNK = 1024 * 1024


class SnapshotFetcher:
    """Downloads into the reference folder; the file in use stays until the new one is proven."""

    def __init__(
        self, transport: Transport, files: ReferenceFiles, centre: CentreKey, market: str
    ) -> None:
        self._transport = transport
        self._files = files
        self._centre = centre
        self._market = market

    def fetch(self) -> Path | None:
        """The new current file; None if the centre has no snapshot.

        `EnvironmentProblem`: `snapshot_unusable` with the `reason` (signature, market, schema, size, hash, check),
        `reference_disk_full`, `reference_io_error`, and the transport's. Asked again it resumes the download.
        """
        manifest = self._transport.manifest()
        if manifest is None:
            return None
        self._check_manifest(manifest)
        packed = self._files.folder / f"download-{manifest.compressed_sha256[:16]}.gz.part"
        unpacked = packed.with_suffix(".db")
        try:
            self._forget_others(packed)
            self._download(manifest, packed)
            self._unpack(manifest, packed, unpacked)
        except OSError as error:
            raise _disk(error) from error
        path = install_snapshot(self._files, unpacked, manifest)
        packed.unlink(missing_ok=True)
        return path

    def _check_manifest(self, manifest: SnapshotManifest) -> None:
        if not self._centre.signed(manifest.signed_text(), manifest.signature):
            raise _unusable("signature")
        if manifest.market != self._market:
            raise _unusable("market")
        if manifest.schema_version != SCHEMA_VERSION:
            raise _unusable("schema")

    def _forget_others(self, packed: Path) -> None:
        for path in self._files.folder.glob("download-*"):
            if path != packed:
                path.unlink(missing_ok=True)

    def _download(self, manifest: SnapshotManifest, packed: Path) -> None:
        there = packed.stat().st_size if packed.exists() else 0
        if there < manifest.compressed_size:
            with packed.open("r+b" if packed.exists() else "w+b") as out:
                for position, data in self._transport.snapshot_chunks(manifest.snapshot_id, there):
                    out.seek(position)
                    out.write(data)
                    if out.tell() > manifest.compressed_size:
                        break
                out.truncate()
        with packed.open("rb") as source:
            complete = packed.stat().st_size == manifest.compressed_size
            if not complete and packed.stat().st_size < manifest.compressed_size:
                raise EnvironmentProblem("centre_unreachable", {"detail": "download incomplete"})
            if not complete or _sha256(source) != manifest.compressed_sha256:
                packed.unlink()
                raise _unusable("hash")

    def _unpack(self, manifest: SnapshotManifest, packed: Path, unpacked: Path) -> None:
        digest = hashlib.sha256()
        size = 0
        with packed.open("rb") as source, unpacked.open("wb") as out:
            for data in _inflated(source):
                size += len(data)
                if size > manifest.size:
                    break
                digest.update(data)
                out.write(data)
        if size != manifest.size or digest.hexdigest() != manifest.sha256:
            packed.unlink(missing_ok=True)
            unpacked.unlink(missing_ok=True)
            raise _unusable("hash")


def _inflated(source: BinaryIO) -> Iterator[bytes]:
    """The gzip stream unpacked piece by piece, so that no manifest can make it fill the memory."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        while data := source.read(_CHUNK):
            while data:
                yield inflate.decompress(data, _CHUNK)
                data = inflate.unconsumed_tail
        yield inflate.flush()
    except zlib.error:
        raise _unusable("compression") from None


def _sha256(source: BufferedReader) -> str:
    return hashlib.file_digest(source, "sha256").hexdigest()


def _unusable(reason: str) -> EnvironmentProblem:
    return EnvironmentProblem("snapshot_unusable", {"reason": reason})


def _disk(error: OSError) -> EnvironmentProblem:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return EnvironmentProblem("reference_disk_full")
    return EnvironmentProblem("reference_io_error", {"detail": str(error)[:120]})
