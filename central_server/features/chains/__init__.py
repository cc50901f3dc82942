"""Anchors of all chains: where each ended at night, signed, so that nobody can write one anew from some row on."""
