"""Puts the centre together: what is imported by nobody imports everything."""
