"""Payment terminals. A payment counts when the terminal completed it, and only then.

Knows neither receipts nor the journal: a command goes out, a result comes back, and what is not known is said to be.
"""
