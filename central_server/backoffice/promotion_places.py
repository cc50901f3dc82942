"""Stores as a promotion names them: one by one, or a town as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from central_server.features.stores.service import Store


@dataclass(frozen=True, slots=True)
class Places:
    """Names of stores by id, and of the towns with several of them their stores."""

    names: Mapping[str, str] = field(default_factory=dict)
    towns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def said(self, chosen: Iterable[str]) -> list[str]:
        """How people call these stores: by the town where all of its stores are among them."""
        left = dict.fromkeys(chosen)
        words = []
        for town, ids in self.towns.items():
            if left.keys() >= set(ids):
                words.append(town)
                for one in ids:
                    del left[one]
        return words + [self.names.get(one, one) for one in left]


def places_of(stores: Iterable[Store]) -> Places:
    """The stores in the order they are given, towns by name."""
    names: dict[str, str] = {}
    towns: dict[str, list[str]] = {}
    for store in stores:
        names[str(store.store_id)] = store.name
        if store.city:
            towns.setdefault(store.city, []).append(str(store.store_id))
    several = {town: tuple(ids) for town, ids in sorted(towns.items()) if len(ids) > 1}
    return Places(names, several)
