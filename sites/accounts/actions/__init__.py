"""Everything that changes an account; views and commands call these and write nothing."""

from sites.accounts.actions.create_user import create_user
from sites.accounts.actions.end_session import end_session
from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.actions.free_address import free_address
from sites.accounts.actions.keep_address import keep_address
from sites.accounts.actions.set_preferences import set_language, set_reading

__all__ = [
    "create_user",
    "end_session",
    "end_sessions",
    "free_address",
    "keep_address",
    "set_language",
    "set_reading",
]
