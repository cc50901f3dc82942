"""Who stands at the till. Knows no screen, disk or network."""
