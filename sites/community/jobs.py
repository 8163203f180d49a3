"""What the community does in the background: telling many people of one thing."""

from __future__ import annotations

from django.utils import timezone

from sites.background.registry import job
from sites.community.actions import send_digests as digests
from sites.community.actions import tell_everybody as everybody
from sites.community.actions import tell_followers as followers
from sites.community.actions import tell_of_book as of_book


@job("community.tell_followers")
def tell_followers(chapter: int, count: int) -> None:
    """Tell those who follow a book of its new chapters."""
    followers.tell_followers(chapter, count=count, now=timezone.now())


@job("community.tell_of_book")
def tell_of_book(book: int) -> None:
    """Tell those who follow a book's authors that it is out."""
    of_book.tell_of_book(book, now=timezone.now())


@job("community.announce", cron="* * * * *")
def announce() -> None:
    """Have people told of announcements whose moment has come."""
    everybody.announce_current(timezone.now())


@job("community.tell_everybody")
def tell_everybody(announcement: int) -> None:
    """Tell everybody of an announcement."""
    everybody.tell_everybody(announcement, now=timezone.now())


@job("community.send_digests", cron="0 23 * * *")
def send_digests() -> None:
    """Send the daily mails, at six in the morning of Jakarta."""
    digests.send_digests()


@job("community.send_digest")
def send_digest(person: int) -> None:
    """Send one person what has come since their last mail."""
    digests.send_digest(person, now=timezone.now())
