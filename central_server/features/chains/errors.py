"""Texts of what does not hold of chains."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "chain_broken": ErrorText(
        "The chain of {chain} does not hold from entry {position} on: it was changed or taken out.",
        "Compare the database with its last backup.",
    ),
    "chain_anchor_differs": ErrorText(
        "The chain of {chain} is not what it was when entry {position} was anchored.",
        "Compare the database with its last backup.",
    ),
}
