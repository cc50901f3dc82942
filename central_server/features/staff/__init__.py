"""Staff: who works where in which role, and the verifiers of their PINs (tills) and passwords (head office)."""
