"""Imports: files of articles, prices and stock, and of customers, read row by row and entered into the rooms below."""
