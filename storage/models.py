"""Files on their way into the house."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from storage.keys import LONGEST


class UploadState(models.TextChoices):
    """Begun: bytes may arrive. Finished: looked at and found good. Attached: in use by something.
    Refused: looked at and found bad, or given up; kept until nothing more can come by its form."""

    BEGUN = "begun"
    FINISHED = "finished"
    ATTACHED = "attached"
    REFUSED = "refused"


class Upload(models.Model):
    """One file that somebody sends: everything about it but its bytes is fixed at the beginning."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Whose it is; nobody else can finish or attach it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    purpose = models.CharField(max_length=30)
    #: Where its bytes arrive, in the private place.
    key = models.CharField(max_length=LONGEST, unique=True)
    type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    #: What its owner calls it: for reading a manuscript's kind and for showing; never in a key.
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.BEGUN)
    #: What its purpose made of it when it was finished, such as the keys of the stored files.
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    #: Until then its bytes may arrive, and it may be finished and attached; then it is swept.
    expires_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Upload]] = models.Manager()

    class Meta:
        ordering = ("-created_at", "pk")
        indexes = (
            models.Index(fields=("expires_at",), name="storage_upload_expires"),
            models.Index(fields=("owner", "purpose", "state"), name="storage_upload_owner"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Picture(models.Model):
    """What is known of a stored picture, and what was made of it (``storage.derivatives``)."""

    #: The key of the picture itself, in the public place.
    key = models.CharField(max_length=LONGEST, primary_key=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: A ``data:`` address of a few pixels, or nothing.
    placeholder = models.TextField(blank=True)
    #: The widths of its derivatives by the ending of their keys: {"avif": [480, 800]}.
    made: models.JSONField[Any, Any] = models.JSONField(default=dict)
    #: How they were made: with another recipe they are made anew.
    recipe = models.PositiveSmallIntegerField()
    #: Why nothing could be made of it.
    failure = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Picture]] = models.Manager()

    def __str__(self) -> str:
        return self.key
