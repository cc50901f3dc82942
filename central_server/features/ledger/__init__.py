"""The ledger: every value that is sold, paid, owed or held, as transfers between accounts that only ever grow."""
