"""Touch widgets and how they look: made from the design tokens, knowing nothing of a till."""
