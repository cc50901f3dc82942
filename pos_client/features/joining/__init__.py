"""Letting a new till in."""
