"""Sales: the receipts that tills have completed, as relational facts."""
