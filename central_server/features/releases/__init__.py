"""Four eyes: what somebody asked for and somebody else has to release, where the chain's rules say so."""
