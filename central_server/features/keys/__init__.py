"""Keys that let other systems use the interface: with scopes, for some stores or all, kept as a digest."""
