"""Background work: jobs in PostgreSQL, by procrastinate.

Tasks stand in the ``jobs`` module of the app that they belong to. ``defer`` puts one into the queue,
with the transaction that asks for it; a worker, inside the web process or in one of its own, takes it
out. Every job may run twice and may be stopped at any moment.
"""
