"""One package per screen family; they never import each other. `app` hands them what they share."""
