import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_TOPICS = [
    ("chapters", "A book that I follow goes on"),
    ("answers", "Somebody answers what I said"),
    ("moderation", "Moderators decide on what I wrote or reported"),
    ("covers", "Invitations onto covers, and names on mine"),
    ("steps", "Editors decide on my books"),
    ("talks", "Somebody comments on a submission"),
    ("submissions", "A book is submitted or taken back"),
    ("house", "The house announces something"),
]
_WAYS = [
    ("page", "on the page"),
    ("digest", "on the page, and by mail once a day"),
    ("none", "not at all"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0008_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                ("topic", models.CharField(choices=_TOPICS, max_length=20, verbose_name="topic")),
                ("way", models.CharField(choices=_WAYS, max_length=10, verbose_name="way")),
                (
                    "chosen_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="chosen"),
                ),
            ],
            options={
                "verbose_name": "choice about notifications",
                "verbose_name_plural": "choices about notifications",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "topic"), name="community_choice_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="to_mail",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("to_mail", True)),
                fields=["recipient"],
                name="community_notice_to_mail",
            ),
        ),
    ]
