"""The fiscal device that is none: signs nothing and says so on every receipt where a signature is due."""

from __future__ import annotations

from shared.fiscal.port import FiscalResult, FiscalTransaction
from shared.fiscal.rules import FISCAL_MARKETS

NO_FISCAL_NOTICE = "Kein Kassenbeleg"


class NoFiscalDevice:
    """Real and complete for the UK; in Germany and Austria only for training, demo and test tills."""

    @property
    def signs(self) -> bool:
        """Never."""
        return False

    def start(self, transaction: FiscalTransaction) -> None:
        """Nothing to tell anybody."""

    def update(self, transaction: FiscalTransaction) -> None:
        """Nothing to tell anybody."""

    def finish(self, transaction: FiscalTransaction) -> FiscalResult:
        """No signature; the notice that this is no valid receipt where the market asks for one."""
        notice = (NO_FISCAL_NOTICE,) if transaction.market in FISCAL_MARKETS else ()
        return FiscalResult(device="none", print_lines=notice)

    def cancel(self, transaction: FiscalTransaction) -> None:
        """Nothing to tell anybody."""
