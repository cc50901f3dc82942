"""Gift cards: numbers, states and history. What a card is worth stands in the ledger and nowhere else."""
