"""Everything that hangs on a running till besides its printers: readers, display, scale, terminal, drawer sensor.

Each device has a worker; one more minds what comes and goes, and tells window and centre how all of them are.
"""
