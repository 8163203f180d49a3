from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.community.models import HousePage


@transaction.atomic
def save_house_page(page: HousePage, *, by: User, now: datetime) -> HousePage:
    """Store what a page of the house says, cleaned of everything but text, links and lists.

    Raises ``PermissionDenied`` and the refusals of ``clean_html``.
    """
    # The cleaner is compiled code that only writing needs.
    from sites.books.text.clean import clean_html

    if not by.has_perm("community.change_housepage"):
        raise PermissionDenied(_("Only managers speak for the house."))
    page.text_en, page.text_id = clean_html(page.text_en), clean_html(page.text_id)
    page.updated_at = now
    page.save()
    record_audit("house_page.change", by=by, on=page, now=now)
    return page
