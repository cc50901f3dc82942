"""What every room of the central server stands on: database, units of work, clocks, secrets, jobs, logs.

Knows no feature: nothing here may import `central_server.features`, `gateway`, `backoffice` or `app`.
"""
