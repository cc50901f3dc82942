"""The ZVT protocol (PA00P015 and PA00P016 of the Verband der Terminalhersteller), pure: bytes to values and back.

What cannot be read raises `ZvtError` and nothing else. Card numbers are masked here, before anybody sees them.
"""
