"""A payment terminal that is none: it speaks ZVT over a real line, and does what a script tells it.

For trying a till without a terminal, and for tests, which compare what it booked to what the till counts.
"""
