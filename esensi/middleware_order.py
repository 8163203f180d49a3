"""What each request goes through on its way to a view, from the outside in."""

from __future__ import annotations

MIDDLEWARE = [
    "esensi.security.SecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "sites.middleware.CharsetMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Outside all that knows a person, so that it sees what they leave in an answer.
    "sites.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sites.language.LanguageMiddleware",
    "sites.middleware.HostMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the next one, which reads forms.
    "sites.middleware.LargeFormMiddleware",
    "sites.csrf.HouseCsrfMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Answers readers by itself, where it can.
    "sites.frames.middleware.FrameMiddleware",
    "sites.accounts.current_user.CurrentUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sites.middleware.MethodNotAllowedMiddleware",
    "sites.middleware.TooManyAttemptsMiddleware",
    "sites.auth.attempts.AttemptsMiddleware",
]

#: Django looks for its own protection against forged forms by name; ours is a class of it
#: (``tests/sites/test_csrf.py`` holds that it stands above).
SILENCED_SYSTEM_CHECKS = ["security.W003"]
