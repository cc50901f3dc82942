"""Imports: files of articles, prices and stock, read row by row and entered into the rooms below."""
