"""Finished receipts: found again, shown as text, printed again. Knows no screen, disk or network."""
