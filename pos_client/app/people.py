"""Who works here, as the reference data knows them."""

from __future__ import annotations

from pos_client.storage.reference import Reference
from shared.errors import DomainError, EnvironmentProblem


class People:
    """Names for what the till keeps under staff numbers."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def name_of(self, staff_id: str) -> str:
        """The name of somebody; empty if the reference data does not know them, or is not there."""
        try:
            row = self._reference.staff(staff_id)
        except (DomainError, EnvironmentProblem):
            return ""
        return row.name if row is not None else ""
