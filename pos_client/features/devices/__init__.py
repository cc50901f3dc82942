"""What hangs on this till: how each device is, a test for it, setting it up, and what support may look at."""
