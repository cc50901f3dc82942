"""Customer displays: two rows of twenty letters that show the customer what the cashier sees."""
