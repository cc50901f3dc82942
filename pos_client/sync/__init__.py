"""The exchange with the centre, a process of its own: journal up, feeds down, reference files.

Shares nothing with the till but the files and a nudge. Knows no screen and no feature.
"""
