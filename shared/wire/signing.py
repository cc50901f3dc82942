"""Signed requests: the text that a till signs and the centre verifies, after RFC 9421 (HTTP Message Signatures).

Covered are method, path, query and body digest with creation time, nonce and key id. Signing itself (Ed25519) is
done on each side; this room only builds and takes apart the text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from shared.errors import DomainError

LABEL = "tresen"
MAX_AGE_SECONDS = 300
HEADER_DIGEST = "Content-Digest"
HEADER_INPUT = "Signature-Input"
HEADER_SIGNATURE = "Signature"
_COMPONENTS = '("@method" "@path" "@query" "content-digest")'
_INPUT = re.compile(
    r'tresen=\("@method" "@path" "@query" "content-digest"\)'
    r';created=(\d{1,12});nonce="([A-Za-z0-9_-]{16,64})";keyid="([A-Z0-9-]{1,31}\.\d{1,9})";alg="ed25519"'
)
_SIGNATURE = re.compile(r"tresen=:([A-Za-z0-9+/]{86}==):")


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """`created` in Unix seconds of the system clock, a `nonce` used once, `key_id` = `<till id>.<incarnation>`."""

    created: int
    nonce: str
    key_id: str

    @property
    def till_id(self) -> str:
        """The till that says it signed."""
        return self.key_id.rpartition(".")[0]

    @property
    def incarnation(self) -> int:
        """The incarnation of the till whose key it says it used."""
        return int(self.key_id.rpartition(".")[2])

    def parameters(self) -> str:
        """The signature parameters as they stand in the header and in the signed text."""
        return f'{_COMPONENTS};created={self.created};nonce="{self.nonce}";keyid="{self.key_id}";alg="ed25519"'

    def header(self) -> str:
        """The value of `Signature-Input`."""
        return f"{LABEL}={self.parameters()}"


def content_digest(body: bytes) -> str:
    """The value of `Content-Digest` for a body (RFC 9530, SHA-256); an empty body has one too."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def signature_base(method: str, path: str, query: str, digest: str, given: SignatureInput) -> bytes:
    """The bytes to sign. `path` as sent, `query` without the question mark."""
    lines = (
        f'"@method": {method.upper()}',
        f'"@path": {path}',
        f'"@query": ?{query}',
        f'"content-digest": {digest}',
        f'"@signature-params": {given.parameters()}',
    )
    return "\n".join(lines).encode("ascii", "backslashreplace")


def parse_signature_input(header: str | None) -> SignatureInput:
    """The parts of `Signature-Input`; `DomainError('signature_missing')` if absent or of another form."""
    match = _INPUT.fullmatch(header or "")
    if match is None:
        raise DomainError("signature_missing", http_status=401)
    return SignatureInput(int(match[1]), match[2], match[3])


def format_signature(signature: bytes) -> str:
    """The value of the `Signature` header."""
    return f"{LABEL}=:{base64.b64encode(signature).decode('ascii')}:"


def parse_signature(header: str | None) -> bytes:
    """The 64 signature bytes; `DomainError('signature_missing')` if absent or of another form."""
    match = _SIGNATURE.fullmatch(header or "")
    if match is None:
        raise DomainError("signature_missing", http_status=401)
    return base64.b64decode(match[1])
