"""Who asks, while a frame is drawn: some reader, of whom nothing is known.

Templates and views that ask for more have found a mistake, and fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict

from sites.accounts.reading import ReadingSettings

if TYPE_CHECKING:
    from sites.frames.frame import Builder


class PersonInFrame(Exception):
    """A page that is kept for all readers was about to show something of one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A frame asks for {name!r}, which is one person's: set it into a {{% hole %}}."
        )


#: What is the same of all readers who are signed in.
_KNOWN: Final = {"is_authenticated": True, "is_anonymous": False}


class AnyReader(AnonymousUser):
    """A reader who is signed in. Queries take them for a stranger: a frame shows what everybody sees."""

    def __init__(self, touched: list[str]) -> None:
        object.__setattr__(self, "_touched", touched)

    def __getattribute__(self, name: str) -> Any:
        if name in _KNOWN:
            return _KNOWN[name]
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        touch(object.__getattribute__(self, "_touched"), f"user.{name}")

    def __str__(self) -> str:
        touch(object.__getattribute__(self, "_touched"), "user")


def touch(touched: list[str], name: str) -> NoReturn:
    """Note what was asked for, since templates swallow errors here and there, and fail."""
    touched.append(name)
    raise PersonInFrame(name)


class Guard:
    """Stands outside holes for a variable that is one person's."""

    def __init__(self, name: str, touched: list[str]) -> None:
        self._asked = (touched, name)

    def _touch(self, *_: object) -> NoReturn:
        touch(*self._asked)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("alters_data", "do_not_call_in_templates"):
            raise AttributeError(name)  # Django looks for these of everything
        self._touch()

    # Not __call__, which Django tries before all else, even where only `is None` is asked.
    __bool__ = __str__ = __iter__ = __len__ = __getitem__ = _touch
    __lt__ = __le__ = __gt__ = __ge__ = _touch


class FrameRequest(HttpRequest):
    """A request for a page by nobody in particular: its address, its host, and how it is read."""

    def __init__(
        self, asked: HttpRequest, *, match: Any, reading: ReadingSettings, frame: Builder
    ) -> None:
        # Not HttpRequest's, which would set cookies.
        self.method, self.path, self.path_info = "GET", asked.path, asked.path_info
        query = asked.META.get("QUERY_STRING", "")
        self.GET, self.POST = QueryDict(query), QueryDict()
        self.META = {
            "QUERY_STRING": query,
            "HTTP_HOST": asked.META.get("HTTP_HOST", ""),
            "REQUEST_METHOD": "GET",
        }
        self.resolver_match, self.content_type, self.content_params = match, None, None
        self._scheme = asked.scheme
        self.host = asked.host  # type: ignore[attr-defined]  # of HostMiddleware
        self.urlconf = asked.urlconf  # type: ignore[attr-defined]  # as well
        self.site = asked.site
        self.reading, self.frame = reading, frame
        self.user = AnyReader(frame.touched)
        self.csp_styles: list[str] = []

    def _get_scheme(self) -> str | None:
        return self._scheme

    def __getattr__(self, name: str) -> Any:
        if name in ("session", "COOKIES", "csp_nonce", "FILES", "auser"):
            touch(self.frame.touched, f"request.{name}")
        raise AttributeError(name)
