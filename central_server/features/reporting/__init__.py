"""Reporting: figures of the day, added up as receipts are booked. No figure is kept per named person."""
