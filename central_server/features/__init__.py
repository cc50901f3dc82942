"""One package per capability of the centre, named by its noun. Knows the platform and `shared`, no page and no till."""
