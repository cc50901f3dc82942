"""The till's own disk: `journal.db` (precious), `reference/*.db` (disposable), identity, locks, second copy.

All SQL of the till stands here. This room knows the domain's values and nothing of screens, HTTP or devices.
"""
