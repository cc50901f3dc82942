"""Paying the open receipt and completing it. Knows no screen, disk or network."""
