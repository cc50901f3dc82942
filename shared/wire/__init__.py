"""What travels between till and centre: models, headers, signature base, feed payloads, the reference file's schema.

The only room of `shared` that may use pydantic. docs/protocol.md is the normative text.
"""

from shared.wire.versions import PROTOCOL_CURRENT, PROTOCOLS, check_protocol

__all__ = ["PROTOCOLS", "PROTOCOL_CURRENT", "check_protocol"]
