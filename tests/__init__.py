"""The test portfolio of Tresen; portfolio.py lists its parts."""
