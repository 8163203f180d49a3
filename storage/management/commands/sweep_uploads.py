"""``manage.py sweep_uploads``: clear away what was sent and never used."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from storage import uploads


class Command(BaseCommand):
    help = "Clear away uploads that have expired, and bytes that nobody waits for."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = uploads.sweep(now=timezone.now())
        self.stdout.write(f"{swept} swept.")
