"""Head office in the browser: signing in, the day's figures, receipts, tills and the exceptions queue.

Sits above gateway and features and is known by `app` only. Every page works without JavaScript.
"""
