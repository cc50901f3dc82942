"""Webhooks: tells other systems what happened, signed, at addresses of their choice."""
