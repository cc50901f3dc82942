"""What is wrong with a request to the promotion engine, said so that its writer finds the place."""

from __future__ import annotations

from shared.errors import DomainError


class RequestError(DomainError):
    """A value of a request or of a promotion is not what the contract allows.

    `kind` is one of `json`, `unknown_key`, `missing`, `type`, `value`, `duplicate`, `limit`; `path` leads to the
    value (`promotions[0].reward.percent`, empty for the whole document); `message` says what would be right.
    """

    def __init__(self, kind: str, path: str, message: str) -> None:
        self.kind = kind
        self.path = path
        self.message = message
        super().__init__(
            "promotion_invalid", {"kind": kind, "path": path, "message": message}, http_status=400
        )

    def as_json(self) -> dict[str, dict[str, str]]:
        """The answer of the contract."""
        return {"error": {"code": self.kind, "path": self.path, "message": self.message}}
