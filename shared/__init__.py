"""The domain of Tresen: pure code that tills and the centre share. No Qt, web, ORM, network, file, clock or random."""
