"""Every table of the centre in one MetaData: what migrations are compared with."""

from __future__ import annotations

import importlib

from sqlalchemy import MetaData

from central_server.platform.schema import metadata

# In the order in which their tables refer to each other.
TABLE_MODULES = (
    "central_server.features.audit.tables",
    "central_server.features.releases.tables",
    "central_server.features.stores.tables",
    "central_server.features.tills.tables",
    "central_server.features.rollouts.tables",
    "central_server.features.staff.tables",
    "central_server.features.keys.tables",
    "central_server.features.offers.tables",
    "central_server.features.catalogue.tables",
    "central_server.features.pricing.tables",
    "central_server.features.stock.tables",
    "central_server.features.customers.tables",
    "central_server.features.promotions.tables",
    "central_server.features.coupons.tables",
    "central_server.features.sales.tables",
    "central_server.features.reporting.tables",
    "central_server.features.ledger.tables",
    "central_server.features.loyalty.tables",
    "central_server.features.instruments.tables",
    "central_server.features.chains.tables",
    "central_server.features.exceptions.tables",
    "central_server.features.webhooks.tables",
    "central_server.gateway.tables",
    "central_server.gateway.journal.tables",
    "central_server.backoffice.tables",
)


def all_tables() -> MetaData:
    """The MetaData with every table in it."""
    for module in TABLE_MODULES:
        importlib.import_module(module)
    return metadata
