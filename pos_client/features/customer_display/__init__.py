"""What the customer sees: the receipt as it grows, what is to pay, the change; on a pole of two rows or on a screen.

Nothing here is meant for staff: no hints, no limits, and of a name only the first.
"""
