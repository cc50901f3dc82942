"""Customers: what pricing needs to know of them, told to the tills of their scope and to no other."""
