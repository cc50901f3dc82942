"""Promotions as head office publishes them: immutable versions, who has them, and how far limited ones are used up."""
