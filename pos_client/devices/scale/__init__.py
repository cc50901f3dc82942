"""Scales at the till. A weight that is sold by needs a scale that is verified, and for some protocols more than that:
docs/devices.md says what.
"""
