"""What reads codes and cards on a serial line: 2D scanners, magnetic stripes, RFID and NFC tags.

A reader gives what it read as text; what that stands for is decided by the one resolver (`shared.catalogue.scan`).
"""
