"""The exceptions queue: events that were accepted but could not be booked, waiting for a person."""
