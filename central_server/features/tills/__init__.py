"""Tills: how they join with a one-time code, who they are, when they were last heard of, and how they leave."""
