"""The fiscal port: what every receipt must tell a signing device, and the device that is none."""

from shared.fiscal.none import NO_FISCAL_NOTICE, NoFiscalDevice
from shared.fiscal.port import FiscalPort, FiscalResult, FiscalTransaction
from shared.fiscal.rules import FISCAL_MARKETS, refuse_unsigned_productive

__all__ = [
    "FISCAL_MARKETS",
    "NO_FISCAL_NOTICE",
    "FiscalPort",
    "FiscalResult",
    "FiscalTransaction",
    "NoFiscalDevice",
    "refuse_unsigned_productive",
]
