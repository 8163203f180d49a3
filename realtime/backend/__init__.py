"""Django's PostgreSQL backend, which writes what was published as the last thing before COMMIT.

``DATABASES = {"default": {"ENGINE": "realtime.backend", …}}``; everything else is Django's own.
"""
