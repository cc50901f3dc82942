"""Cables: what hangs on a till. Each device has a port, a driver and a simulator; none is touched in the GUI thread."""
