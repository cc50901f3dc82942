"""Stock per location: movements are facts that are never changed, levels are their sums."""
