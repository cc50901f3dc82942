"""The demo chain "Kranich & Kater": invented stores, people, goods and receipts, the same at each load."""
