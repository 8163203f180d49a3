"""What the audit log's entries mean, in words for people."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import AuditEntry

#: action → what happened. An action that is not here is shown as it is written.
SENTENCES: dict[str, Any] = {
    "book.add": gettext_lazy("Book begun"),
    "book.change": gettext_lazy("Book's facts changed"),
    "book.delete": gettext_lazy("Book deleted"),
    "book.import": gettext_lazy("Book imported"),
    "book.cover": gettext_lazy("Cover changed"),
    "book.credit": gettext_lazy("Names on the cover changed"),
    "book.order_chapters": gettext_lazy("Chapters put in order"),
    "book.submit": gettext_lazy("Book submitted"),
    "book.take_back": gettext_lazy("Submission taken back"),
    "book.approve": gettext_lazy("Book approved"),
    "book.request_changes": gettext_lazy("Changes requested"),
    "book.reject": gettext_lazy("Book rejected"),
    "book.withdraw": gettext_lazy("Book withdrawn"),
    "book.publish_again": gettext_lazy("Book published again"),
    "submission.own": gettext_lazy("Submission given to somebody"),
    "chapter.delete": gettext_lazy("Chapter deleted"),
    "chapter.roll_back": gettext_lazy("Chapter rolled back"),
    "preview_link.create": gettext_lazy("Preview link made"),
    "preview_link.revoke": gettext_lazy("Preview links ended"),
    "author.add": gettext_lazy("Author added"),
    "author.join": gettext_lazy("Became an author"),
    "author.change": gettext_lazy("Author changed"),
    "author.delete": gettext_lazy("Author deleted"),
    "author.merge": gettext_lazy("Author merged into another"),
    "author.invite": gettext_lazy("Author invited to a book"),
    "author.uninvite": gettext_lazy("Invitation withdrawn"),
    "author.accept": gettext_lazy("Invitation accepted"),
    "author.decline": gettext_lazy("Invitation declined"),
    "author.leave": gettext_lazy("Author left a book"),
    "genre.add": gettext_lazy("Genre added"),
    "genre.change": gettext_lazy("Genre changed"),
    "genre.delete": gettext_lazy("Genre deleted"),
    "genre.merge": gettext_lazy("Genre merged into another"),
    "tag.add": gettext_lazy("Tag added"),
    "tag.change": gettext_lazy("Tag changed"),
    "tag.delete": gettext_lazy("Tag deleted"),
    "tag.merge": gettext_lazy("Tag merged into another"),
    "person.add": gettext_lazy("Account made"),
    "person.change": gettext_lazy("Account changed"),
    "person.suspend": gettext_lazy("Account suspended"),
    "person.readmit": gettext_lazy("Account readmitted"),
    "person.export": gettext_lazy("Own data exported"),
    "person.erase": gettext_lazy("Account erased"),
    "house_page.change": gettext_lazy("House page changed"),
    "announcement.add": gettext_lazy("Announcement added"),
    "announcement.change": gettext_lazy("Announcement changed"),
    "announcement.delete": gettext_lazy("Announcement deleted"),
    "report.decide": gettext_lazy("Report decided"),
    "instance.drain": gettext_lazy("Instance emptied"),
    "instance.serve": gettext_lazy("Instance serves again"),
    "connection.end": gettext_lazy("Connection ended"),
}
#: The name of a fact → its words.
FACTS: dict[str, Any] = {
    "account": gettext_lazy("account"),
    "active": gettext_lazy("active"),
    "book": gettext_lazy("book"),
    "books": gettext_lazy("books moved"),
    "changed": gettext_lazy("changed"),
    "created": gettext_lazy("created"),
    "kept": gettext_lazy("kept"),
    "new": gettext_lazy("new"),
    "unchanged": gettext_lazy("unchanged"),
    "withdrawn": gettext_lazy("withdrawn"),
    "by_house": gettext_lazy("by the house"),
    "days": gettext_lazy("days"),
    "given": gettext_lazy("roles given"),
    "into": gettext_lazy("into number"),
    "invitation": gettext_lazy("invitation"),
    "links": gettext_lazy("links"),
    "moved": gettext_lazy("moved"),
    "names": gettext_lazy("names"),
    "new_address": gettext_lazy("new address"),
    "owner": gettext_lazy("given to account"),
    "reason": gettext_lazy("reason"),
    "renamed": gettext_lazy("renamed"),
    "revision": gettext_lazy("version"),
    "role": gettext_lazy("role"),
    "round": gettext_lazy("round"),
    "sessions": gettext_lazy("sessions ended"),
    "sockets": gettext_lazy("sockets"),
    "superuser": gettext_lazy("superuser"),
    "taken": gettext_lazy("roles taken"),
}


def subject(entry: AuditEntry) -> str:
    """Name what an entry is about: its kind, in words, and its number."""
    try:
        kind = capfirst(str(apps.get_model(entry.subject_type)._meta.verbose_name))
    except (LookupError, ValueError):  # a model of an earlier version
        kind = entry.subject_type
    return f"{kind} {entry.subject_id}"


def sentence(entry: AuditEntry) -> str:
    return str(SENTENCES.get(entry.action, entry.action))


def facts(entry: AuditEntry) -> str:
    """Give an entry's facts in one line; empty ones and zeros are left out."""
    told = []
    for name, value in entry.facts.items():
        if isinstance(value, bool):
            shown = _("yes") if value else _("no")
        elif value:
            shown = str(value)
        else:
            continue
        told.append(f"{FACTS.get(name, name)}: {shown}")
    return ", ".join(told)
