"""The settings of a house for journeys: what a hash costs is not the matter there, and dozens sign in.

Everything else is as a newcomer has it. That the demo's accounts open with the hashers of
``esensi.settings``, tests/sites/books/demo holds.
"""

from esensi import settings

globals().update({name: value for name, value in vars(settings).items() if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
