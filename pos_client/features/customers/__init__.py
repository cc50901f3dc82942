"""Finding customers at the till, and taking down new ones."""
