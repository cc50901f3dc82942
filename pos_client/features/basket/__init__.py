"""The open receipt on the screen: lines in, lines out, laid aside, given up. Knows no screen, disk or network."""
