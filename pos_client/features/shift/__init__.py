"""Shifts, cash in the drawer, the end of the day. Knows no screen, disk or network."""
