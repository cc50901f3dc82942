"""Threads, processes and the machine's clock: the one room of the till that starts or reads them."""
