"""Stores: where they are, their currency, time zone and trading day; and the exchange rates between currencies."""
