"""The words for every error code of the centre, collected from the rooms that raise them."""

from __future__ import annotations

from central_server.backoffice.errors import ERROR_TEXTS as BACK_OFFICE
from central_server.features.audit.errors import ERROR_TEXTS as AUDIT
from central_server.features.catalogue.errors import ERROR_TEXTS as CATALOGUE
from central_server.features.chains.errors import ERROR_TEXTS as CHAINS
from central_server.features.coupons.errors import ERROR_TEXTS as COUPONS
from central_server.features.customers.errors import ERROR_TEXTS as CUSTOMERS
from central_server.features.exceptions.errors import ERROR_TEXTS as EXCEPTIONS
from central_server.features.imports.errors import ERROR_TEXTS as IMPORTS
from central_server.features.instruments.errors import ERROR_TEXTS as INSTRUMENTS
from central_server.features.keys.errors import ERROR_TEXTS as KEYS
from central_server.features.ledger.errors import ERROR_TEXTS as LEDGER
from central_server.features.loyalty.errors import ERROR_TEXTS as LOYALTY
from central_server.features.offers.errors import ERROR_TEXTS as OFFERS
from central_server.features.pricing.errors import ERROR_TEXTS as PRICING
from central_server.features.promotions.errors import ERROR_TEXTS as PROMOTIONS
from central_server.features.releases.errors import ERROR_TEXTS as RELEASES
from central_server.features.reporting.errors import ERROR_TEXTS as REPORTING
from central_server.features.rollouts.errors import ERROR_TEXTS as ROLLOUTS
from central_server.features.sales.errors import ERROR_TEXTS as SALES
from central_server.features.staff.errors import ERROR_TEXTS as STAFF
from central_server.features.stock.errors import ERROR_TEXTS as STOCK
from central_server.features.stores.errors import ERROR_TEXTS as STORES
from central_server.features.tills.errors import ERROR_TEXTS as TILLS
from central_server.features.webhooks.errors import ERROR_TEXTS as WEBHOOKS
from central_server.gateway.errors import ERROR_TEXTS as GATEWAY
from central_server.gateway.journal.errors import ERROR_TEXTS as JOURNAL
from central_server.platform.errors import PLATFORM_TEXTS, ErrorText, ErrorTexts

APP_TEXTS: ErrorTexts = {
    "schema_outdated": ErrorText(
        "The database is not at this version's schema.",
        "Run the command migrate, then start again.",
    ),
    "port_taken": ErrorText(
        "Address {address} cannot be used: {reason}.",
        "Stop what uses it, or choose another --port.",
    ),
    "tls_required": ErrorText(
        "{host} is reached over a network, and there is no TLS.",
        "Set TRESEN_TLS_CERTIFICATE and TRESEN_TLS_KEY, or TRESEN_BEHIND_TLS_PROXY=1 if a proxy does it.",
    ),
    "import_nothing": ErrorText(
        "There is nothing to import.", "Name a file, or promotions with --withdraw."
    ),
    "file_missing": ErrorText("There is no file {path}.", "Check the path."),
    "file_unreadable": ErrorText("{path} cannot be read: {reason}."),
    "file_unwritable": ErrorText("{path} cannot be written: {reason}."),
    "demo_only": ErrorText(
        "This is no installation for a demo: it is set to productive, or has stores of its own.",
        "Use an empty data directory (TRESEN_HOME) or database.",
    ),
    "argument_invalid": ErrorText("{value} is not {wanted}."),
}

ERROR_TEXTS: ErrorTexts = {
    **PLATFORM_TEXTS,
    **APP_TEXTS,
    **AUDIT,
    **RELEASES,
    **KEYS,
    **WEBHOOKS,
    **STORES,
    **TILLS,
    **ROLLOUTS,
    **STAFF,
    **CATALOGUE,
    **OFFERS,
    **PRICING,
    **STOCK,
    **PROMOTIONS,
    **COUPONS,
    **EXCEPTIONS,
    **IMPORTS,
    **GATEWAY,
    **JOURNAL,
    **SALES,
    **REPORTING,
    **LEDGER,
    **CHAINS,
    **CUSTOMERS,
    **LOYALTY,
    **INSTRUMENTS,
    **BACK_OFFICE,
}
