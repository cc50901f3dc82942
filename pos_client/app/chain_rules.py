"""What the chain decided for its tills, as the config feed brought it."""

from __future__ import annotations

from pos_client.storage.reference import Reference
from shared.errors import EnvironmentProblem

CASH_RULES_KEY = "cash_rules"
# 5.00 in a currency with two decimals.
_DIFFERENCE_LIMIT = 500


class ChainRules:
    """Reads the rules; a till that has none yet goes by the usual ones."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def difference_limit(self) -> int:
        """Minor units by which a count may differ without a reason."""
        try:
            rules = self._reference.config(CASH_RULES_KEY) or {}
        except EnvironmentProblem:
            rules = {}
        limit = rules.get("difference_limit")
        return limit if isinstance(limit, int) and limit >= 0 else _DIFFERENCE_LIMIT
