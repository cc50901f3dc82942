"""How this till looks and speaks."""
