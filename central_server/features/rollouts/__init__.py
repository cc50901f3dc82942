"""Settings of the chain in versions: first for some tills, then for all, and back."""
