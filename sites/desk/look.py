"""The look of both desks, in the words of Unfold's settings.

Data only, so that settings can be computed from here: what needs a request is a function that
imports its helpers when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

Settings = dict[str, Any]
ForRequest = Callable[[Any], Any]

#: look.md, "Unfold"; the weights that it does not name stand between those that it does.
PRIMARY = {
    "50": "#F4F3FD",
    "100": "#E8E6FB",
    "200": "#D0CBF9",
    "300": "#B3ABF7",
    "400": "#8F84E0",
    "500": "#B3ABF7",
    "600": "#3B2C93",
    "700": "#33267F",
    "800": "#2A1F69",
    "900": "#211853",
    "950": "#170F3D",
}
BASE = {
    "100": "#EEF0FC",
    "200": "#E2E2EC",
    "300": "#CFCFDF",
    "400": "#A4A7CC",
    "500": "#5D6288",
    "600": "#383D64",
    "700": "#34335A",
    "800": "#1D1C38",
    "900": "#14132A",
    "950": "#0E0D20",
}
FONT = {
    "subtle-light": "#5D6288",
    "subtle-dark": "#A4A7CC",
    "default-light": "#383D64",
    "default-dark": "#D9DAEF",
    "important-light": "#23264A",
    "important-dark": "#F1F0FA",
}


def unfold_settings(*, room: str, ground: str, badge: ForRequest) -> Settings:
    """Give Unfold's settings for one desk.

    ``ground`` is the colour of its sidebar and stripes (base 50); ``badge`` gives the label of the
    environment and Unfold's name for its colour, or nothing.
    """
    return {
        "SITE_TITLE": _always("Esensi"),
        "SITE_HEADER": _always("Esensi"),
        "SITE_URL": None,
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": _static(f"favicons/{room}.svg")}
        ],
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_BACK_BUTTON": True,
        "SHOW_LANGUAGES": True,
        "LANGUAGES": {"action": lambda request: reverse("switch_language")},
        "ENVIRONMENT": badge,
        "STYLES": [
            _static("fonts.css"),
            _static("unfold/desk.css"),
            _static("unfold/talk.css"),
            _static(f"unfold/{room}.css"),
        ],
        "SCRIPTS": [_static("unfold/desk.js")],
        "BORDER_RADIUS": _always("8px"),
        "COLORS": {"primary": PRIMARY, "base": {"50": ground, **BASE}, "font": FONT},
    }


def environment_badge(request: Any) -> tuple[Any, str]:
    """Give the environment's name; colours warn where the house is not the readers'."""
    from django.conf import settings

    return {
        "production": (_("Production"), "default"),
        "development": (_("Development"), "warning"),
        "local": (_("Local"), "info"),
    }[settings.ESENSI_ENV]


def badge_outside_production(request: Any) -> tuple[Any, str] | None:
    """Give the environment's name where it is not the readers' house."""
    from django.conf import settings

    return None if settings.ESENSI_ENV == "production" else environment_badge(request)


def _static(path: str) -> ForRequest:
    return lambda request: static(path)


def _always(value: str) -> ForRequest:
    # A bare string would be tried as the path of a Python function, at every request.
    return lambda request: value
