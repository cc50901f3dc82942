"""The audit trail: who changed what at the centre, when, and what stood there before and after."""
