"""Offers: the web shop, the stores, every catalogue and flyer under which articles have their own prices."""
