"""One flat file of settings: values vary with the environment, code does not."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from esensi import env, security
from esensi.credentials import Credential
from esensi.database_url import address, database_settings, pool
from esensi.logs import logging_settings
from esensi.mail_server import MailServer
from esensi.middleware_order import MIDDLEWARE, SILENCED_SYSTEM_CHECKS
from esensi.page_cache_settings import page_cache_bytes
from esensi.realtime_settings import realtime_settings
from sites import hosts
from sites.auth.form_names import ACCOUNT_FORMS, MFA_FORMS
from sites.internal.look import UNFOLD as UNFOLD_INTERNAL
from sites.publish.look import UNFOLD as UNFOLD_PUBLISH
from storage import configuration

# Unfold reads the look of each desk by its site's `settings_name`.
__all__ = [
    "ACCOUNT_FORMS",
    "MFA_FORMS",
    "MIDDLEWARE",
    "SILENCED_SYSTEM_CHECKS",
    "UNFOLD_INTERNAL",
    "UNFOLD_PUBLISH",
]

BASE_DIR = Path(__file__).resolve().parent.parent
# Not a setting: Django's debug page shows settings, and this holds secrets.
_values = env.read(os.environ)

ESENSI_ENV: env.Environment = _values["ESENSI_ENV"]
PORT: int = _values["PORT"]
HOST_NAMES = hosts.names(ESENSI_ENV, _values["ESENSI_DOMAIN"], PORT)

DEBUG: bool = _values["ESENSI_DEBUG"]
SECRET_KEY: str = _values["SECRET_KEY"]
SECRET_KEY_FALLBACKS: list[str] = _values["SECRET_KEY_FALLBACKS"]

# --- Hosts -------------------------------------------------------------------------------------
# Every name below the parent is known; which of them are hosts is the Site table's matter.
ALLOWED_HOSTS = [f".{HOST_NAMES.parent}"]
CSRF_TRUSTED_ORIGINS = HOST_NAMES.origins
ROOT_URLCONF = "esensi.urls"
ASGI_APPLICATION = "esensi.asgi.application"
#: Who may enter at all; everybody where it is empty (esensi.basic_auth).
BASIC_AUTH: list[Credential] = _values["BASIC_AUTH"] or []

# --- Programs ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    # Serves `runserver`, and imports Twisted under any server: for developers alone.
    *(["daphne"] if DEBUG else []),
    "sites.desk.apps.UnfoldConfig",
    # Looks for no admin modules: each desk registers what it shows.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django_prose_editor",
    *(["channels_postgres"] if _values["CHANNEL_LAYER"] == "channels-postgres" else []),
    "realtime",
    "storage",
    "esensi",
    "sites",
    "sites.background",
    "sites.accounts",
    "sites.books",
    "sites.community",
    "sites.main",
    "sites.chapter",
    "sites.publish",
    "sites.internal",
    "sites.auth.apps.AuthHostConfig",
    # After ours, so that our templates stand before allauth's of the same name.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

#: Bytes of pages for strangers that this process may keep (docs/page-cache.md); 0 for none.
PAGE_CACHE_BYTES = page_cache_bytes(_values)

TEMPLATES = [
    {
        "BACKEND": "esensi.templates.HouseTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sites.context.house",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Database ----------------------------------------------------------------------------------
_database = database_settings(address(_values["DATABASE_URL"], BASE_DIR))
DATABASES = {
    "default": {
        **_database,
        # Django's own for PostgreSQL, which also writes what was published at each commit.
        "ENGINE": "realtime.backend",
        "OPTIONS": {**_database["OPTIONS"], "pool": pool(_values["DATABASE_POOL_SIZE"])},
        # Under ASGI every request has a thread of its own: a pool, never CONN_MAX_AGE.
        "CONN_MAX_AGE": 0,
        # A restarted database or a suspended machine leaves dead connections in the pool: each is
        # tried before it is used.
        "CONN_HEALTH_CHECKS": True,
    }
}
#: For what a pool of transactions does not pass on; None where DATABASES itself is direct. Written as
#: an entry of DATABASES, of which Django's debug page hides the password.
DIRECT_DATABASE = (
    database_settings(_values["DIRECT_DATABASE_URL"]) if _values["DIRECT_DATABASE_URL"] else None
)
CHANNEL_LAYERS = {
    "default": {
        "postgres": {"BACKEND": "realtime.layer.PostgresChannelLayer"},
        "channels-postgres": {
            "BACKEND": "channels_postgres.core.PostgresChannelLayer",
            # It makes a connection of Django's kind of these, which needs a time zone.
            "CONFIG": {**(DIRECT_DATABASE or _database), "TIME_ZONE": "UTC"},
        },
        "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    }[_values["CHANNEL_LAYER"]]
}
#: Requests answered at once: as many as there are connections for them.
REQUESTS_AT_ONCE: int = _values["DATABASE_POOL_SIZE"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: How instances live together; realtime.ways and realtime.limits say what each word means.
REALTIME = realtime_settings(_values)
METRICS_PORT: int | None = _values["METRICS_PORT"]
LOGGING = logging_settings(_values)
#: Counts what buckets are asked.
STORAGE_OBSERVER = "esensi.storage_metrics.count"

# --- Background work: sites.background -----------------------------------------------------------
#: Where jobs run: inside the web process, in one of their own (`manage.py work`), or nowhere.
WORKER: str = _values["WORKER"]

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]

# --- The one door: django-allauth, on the auth host alone (sites/auth/urls.py) --------------------
LOGIN_URL = f"{HOST_NAMES.scheme}://{HOST_NAMES.domains['auth']}/sign-in/"
LOGIN_REDIRECT_URL = f"{HOST_NAMES.scheme}://{HOST_NAMES.domains['main']}/"
ACCOUNT_ADAPTER = "sites.auth.adapter.HouseAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Only where the link is opened in the browser that signed up; elsewhere the password is asked.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
#: Seconds: what the mail says that carries the link.
PASSWORD_RESET_TIMEOUT = 24 * 3600
# Counted by the house in PostgreSQL (decision 0007): allauth counts in a cache of one process.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_ADAPTER = "sites.auth.mfa_adapter.HouseMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Else nobody with a second factor could change their address. Who has not confirmed one cannot sign
# in (mandatory verification), and an address that waits to be confirmed opens nothing (ResetForm).
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Esensi"
# One step of 30 seconds either way: clocks of phones differ, and people type slowly.
MFA_TOTP_TOLERANCE = 1
# Browsers take http://*.localhost for secure; fido2 asks for this.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ESENSI_ENV == "local"

# --- Sessions, in seconds; their reasons are in decision 0008 --------------------------------------
SESSION_ENGINE = "sites.accounts.sessions"
SESSION_COOKIE_AGE = 90 * 24 * 3600  # from sign-in to the end in any case
SESSION_IDLE_AGE = 30 * 24 * 3600  # without a request: a month between two chapters
SESSION_STRANGER_AGE = 24 * 3600  # for a message, or for half a sign-in
SECOND_FACTOR_REQUIRED = ESENSI_ENV != "local"  # at the doors of publish and internal
SECOND_FACTOR_AGE = 12 * 3600  # a working day, lunch included
#: On Fly's machines the edge says where visitors come from; elsewhere nobody is believed.
ON_FLY: bool = bool(_values["FLY_MACHINE_ID"])

# --- Mail: sites.mail sends it ------------------------------------------------------------------
_mail_server: MailServer | None = _values["EMAIL_URL"]
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if _mail_server else "sites.mail.kept.KeepMail"
)
if _mail_server:
    EMAIL_HOST, EMAIL_PORT = _mail_server.host, _mail_server.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail_server.user, _mail_server.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail_server.starttls, _mail_server.tls
#: Seconds. A mail is sent within the request: its visitor waits no longer than this for the server.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL: str = _values["EMAIL_FROM"]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: Where mails are kept that no server takes, or nothing outside local.
MAIL_ROOT = (
    Path(_values["ESENSI_MAIL_ROOT"] or BASE_DIR / ".local" / "mail")
    if ESENSI_ENV == "local"
    else None
)

# --- Cookies: on the parent domain, so that one sign-in opens all five hosts ---------------------
SESSION_COOKIE_NAME = HOST_NAMES.cookie
SESSION_COOKIE_DOMAIN = HOST_NAMES.parent
SESSION_COOKIE_SECURE = HOST_NAMES.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{HOST_NAMES.cookie}-csrf"
CSRF_COOKIE_DOMAIN = HOST_NAMES.parent
CSRF_COOKIE_SECURE = HOST_NAMES.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = f"{HOST_NAMES.cookie}-language"
LANGUAGE_COOKIE_DOMAIN = HOST_NAMES.parent
LANGUAGE_COOKIE_SECURE = HOST_NAMES.secure
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
# In the session, because a cookie of its own would be one for production and development.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
READING_COOKIE_NAME = f"{HOST_NAMES.cookie}-reading"
WROTE_COOKIE_NAME = f"{HOST_NAMES.cookie}-wrote"  # for seconds: sites.frames.middleware

# --- Security ----------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HOST_NAMES.secure
# The edge ends TLS and always sets this header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HOST_NAMES.secure else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HOST_NAMES.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HOST_NAMES.secure
SECURE_HSTS_PRELOAD = HOST_NAMES.secure
# Django's default makes browsers send `Origin: null` on forms that post across our hosts.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "sites.errors.csrf_failure"
#: Bytes. One chapter is the largest form there is: 2,000,000 characters (sites.books.text.clean), each
#: at most 4 bytes of UTF-8, which forms write as 12 ("%D8%A7" is a letter of 2 bytes), and 100,000 for
#: the other fields. The gate refuses more before Django sees it.
LARGEST_BODY = 2_000_000 * 4 * 3 + 100_000
#: Bytes of a form that anybody may send: a million characters that somebody pastes by mistake, so that
#: they are told in words how much too long that is. Larger ones are for those who write chapters.
LARGEST_FORM = 4_100_000
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Language ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Indonesian"))]
LOCALE_PATHS = [BASE_DIR / "sites" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["sites.formats"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(_values["ESENSI_STATIC_ROOT"] or BASE_DIR / "staticfiles")
MEDIA_ROOT = Path(_values["ESENSI_MEDIA_ROOT"] or BASE_DIR / ".local" / "media")
_MANIFEST = "esensi.static_storage.CollectedFiles"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    **configuration.storages(_values),
    # Hashed names need collectstatic, which is a step of the image; a laptop does without.
    "staticfiles": {"BACKEND": _PLAIN if ESENSI_ENV == "local" else _MANIFEST},
}

#: Where browsers find public files.
MEDIA_URL = configuration.public_url(_values) or _values["ESENSI_MEDIA_URL"]
CSP_POLICIES = security.policies(
    origins=HOST_NAMES.origins,
    media=configuration.origin_of(MEDIA_URL),
    uploads=configuration.upload_origin(_values),
)
