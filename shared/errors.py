"""The two families of expected errors, used on both sides.

Anything that is neither a `DomainError` nor an `EnvironmentProblem` is a bug: it is reported, never swallowed.
This room phrases nothing for people: the code is looked up in the translations where the error is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

ErrorParam = str | int


class DomainError(Exception):
    """The request makes sense to a program but not to the trade; expected, so nobody is alerted.

    `code` is stable (`article_unknown`), `params` fill the translated sentence, `http_status` is how the
    centre answers (never 422: that is for malformed payloads only).
    """

    def __init__(
        self, code: str, params: Mapping[str, ErrorParam] | None = None, *, http_status: int = 409
    ) -> None:
        self.code = code
        self.params: dict[str, ErrorParam] = dict(params or {})
        self.http_status = http_status
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        super().__init__(f"{code}({shown})" if shown else code)


class EnvironmentProblem(Exception):
    """Disk, network, database or device is not as it should be: retry or degrade, and show it.

    `code` is stable (`journal_disk_full`); `params` fill the translated sentence.
    """

    def __init__(self, code: str, params: Mapping[str, ErrorParam] | None = None) -> None:
        self.code = code
        self.params: dict[str, ErrorParam] = dict(params or {})
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        super().__init__(f"{code}({shown})" if shown else code)
