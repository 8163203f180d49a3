"""Moments at the desks: whose clock they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from sites.desk.admin import DeskAdmin as Fields
else:
    Fields = object


def house_time_zone() -> str:
    """Name the time zone of every moment at the desks, with its distance from UTC now."""
    here = timezone.localtime(timezone=timezone.get_default_timezone())
    offset = here.strftime("%z")
    return f"{timezone.get_default_timezone_name()}, {here.tzname()}, UTC{offset[:3]}:{offset[3:]}"


class SaysTheTimeZone(Fields):
    """Moments are the house's, wherever the writer is: the form says so beside them."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "publish_at":
            said = _("%(rule)s The time is the house's (%(zone)s).")
            field.help_text = said % {"rule": db_field.help_text, "zone": house_time_zone()}
        return field
