"""A receipt printer that is none: it speaks the real protocol over a real line, and shows what would be on paper.

For trying a till without a printer, and for tests, which read its paper with the same decoder.
"""
