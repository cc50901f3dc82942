"""The centre: one FastAPI application, its jobs and its migrations. Never imports the till."""
