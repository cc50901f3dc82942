"""What stands behind the keys of feeds: joined when a row is served, so it is always the latest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from central_server.features.catalogue.service import items, vat_rates
from central_server.features.coupons.batches import till_rows as code_batches
from central_server.features.customers.service import till_rows as customer_rows
from central_server.features.instruments.vouchers import sold_types
from central_server.features.pricing.service import prices_of
from central_server.features.promotions.service import till_rows as promotion_rows
from central_server.features.promotions.service import till_usages, uses_by_customer
from central_server.features.rollouts.service import payload_for as settings_of_till
from central_server.features.staff.service import till_rows
from central_server.features.stock.service import till_levels
from central_server.features.stores.codes_alone import stored_alone
from central_server.features.stores.customer_data import stored_offline_days
from central_server.features.stores.scan_rules import stored_scan_rules
from central_server.features.stores.service import CONFIG_KEY, get_store, list_stores
from central_server.platform.changes import CHAIN
from central_server.platform.clock import stored_offset
from central_server.platform.unit_of_work import ReadUnit
from shared.catalogue.scan_rules import scan_rules_document
from shared.wire.coupons import ALONE_KEY, alone_payload
from shared.wire.customer_payloads import (
    CUSTOMER_DATA_KEY,
    customer_data_payload,
    customer_payload,
)
from shared.wire.payloads import (
    BUSINESS_CLOCK_KEY,
    SCAN_RULES_KEY,
    STORE_NAME_KEY,
    StoreName,
    business_clock_payload,
    item_payload,
    price_payload,
    staff_payload,
    stock_level_payload,
    store_name_payload,
    vat_payload,
)
from shared.wire.promotion_payloads import promotion_payload, usage_payload
from shared.wire.value_payloads import VOUCHER_TYPES_KEY, voucher_types_payload

Payloads = dict[str, object]
Provider = Callable[[ReadUnit, str, Sequence[str]], Payloads]


def payloads(unit: ReadUnit, kind: str, scope: str, keys: Iterable[str]) -> Payloads:
    """The payload of each key; a key without one is gone and served as a removal."""
    wanted = list(keys)
    provider = _PROVIDERS.get(kind)
    return provider(unit, scope, wanted) if provider is not None and wanted else {}


def _items(unit: ReadUnit, _scope: str, keys: Sequence[str]) -> Payloads:
    return {sku: item_payload(item) for sku, item in items(unit, keys).items()}


def _prices(unit: ReadUnit, scope: str, keys: Sequence[str]) -> Payloads:
    found = prices_of(unit, keys, [scope])
    return {sku: price_payload(entries) for sku, entries in found.items()}


def _vat(unit: ReadUnit, scope: str, keys: Sequence[str]) -> Payloads:
    rates = vat_rates(unit, scope.removeprefix("market:"))
    return {key: vat_payload(rates[key]) for key in keys if key in rates}


def _staff(unit: ReadUnit, scope: str, keys: Sequence[str]) -> Payloads:
    rows = till_rows(unit, scope.removeprefix("store:"), keys)
    return {staff_id: staff_payload(row) for staff_id, row in rows.items()}


def _config(unit: ReadUnit, scope: str, keys: Sequence[str]) -> Payloads:
    found: dict[str, object] = {}
    if scope == CHAIN and BUSINESS_CLOCK_KEY in keys:
        offset = stored_offset(unit)
        found[BUSINESS_CLOCK_KEY] = business_clock_payload(offset.days * 86_400 + offset.seconds)
    if scope == CHAIN:
        found |= _store_names(unit, keys)
        rules = stored_scan_rules(unit) if SCAN_RULES_KEY in keys else None
        if rules is not None:
            found[SCAN_RULES_KEY] = scan_rules_document(rules)
        days = stored_offline_days(unit) if CUSTOMER_DATA_KEY in keys else None
        if days is not None:
            found[CUSTOMER_DATA_KEY] = customer_data_payload(days)
        found |= code_batches(unit, keys)
        alone = stored_alone(unit) if ALONE_KEY in keys else None
        if alone is not None:
            found[ALONE_KEY] = alone_payload(alone)
        if VOUCHER_TYPES_KEY in keys:
            found[VOUCHER_TYPES_KEY] = voucher_types_payload(sold_types(unit))
    if scope.startswith("store:") and CONFIG_KEY in keys:
        store = get_store(unit, scope.removeprefix("store:"))
        found[CONFIG_KEY] = store.facts().model_dump(mode="json")
    if scope.startswith("till:"):
        found |= _settings_of_till(unit, scope.removeprefix("till:"), keys)
    return found


def _settings_of_till(unit: ReadUnit, till_id: str, keys: Sequence[str]) -> Payloads:
    own = {key: settings_of_till(unit, till_id, key) for key in keys}
    return {key: payload for key, payload in own.items() if payload is not None}


def _store_names(unit: ReadUnit, keys: Sequence[str]) -> Payloads:
    wanted = [key.removeprefix(STORE_NAME_KEY) for key in keys if key.startswith(STORE_NAME_KEY)]
    return {
        f"{STORE_NAME_KEY}{store.store_id}": store_name_payload(
            StoreName(store.store_id, store.name, store.city)
        )
        for store in (list_stores(unit, wanted) if wanted else ())
    }


def _stock(unit: ReadUnit, _scope: str, keys: Sequence[str]) -> Payloads:
    return {key: stock_level_payload(level) for key, level in till_levels(unit, keys).items()}


def _promotions(unit: ReadUnit, _scope: str, keys: Sequence[str]) -> Payloads:
    return {key: promotion_payload(row) for key, row in promotion_rows(unit, keys).items()}


def _usages(unit: ReadUnit, _scope: str, keys: Sequence[str]) -> Payloads:
    return {key: usage_payload(usage) for key, usage in till_usages(unit, keys).items()}


def _customers(unit: ReadUnit, scope: str, keys: Sequence[str]) -> Payloads:
    rows = customer_rows(unit, scope, keys)
    used = uses_by_customer(unit, rows)
    return {
        number: customer_payload(replace(row, used=used.get(number, {})))
        for number, row in rows.items()
    }


_PROVIDERS: dict[str, Provider] = {
    "item": _items,
    "price": _prices,
    "vat": _vat,
    "staff": _staff,
    "config": _config,
    "stock_level": _stock,
    "promotion": _promotions,
    "promotion_use": _usages,
    "customer": _customers,
}
