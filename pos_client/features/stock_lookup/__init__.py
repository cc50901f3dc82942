"""Looking articles and their stock up. Knows no screen, disk or network."""
