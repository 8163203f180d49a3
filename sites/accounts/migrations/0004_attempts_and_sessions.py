import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: What is counted for minutes need not survive a crash. The room left in each page lets a count be
#: written in place.
_UNLOGGED = """
ALTER TABLE accounts_attemptcount SET UNLOGGED;
ALTER TABLE accounts_attemptcount SET (fillfactor = 70);
"""
_LOGGED = "ALTER TABLE accounts_attemptcount SET LOGGED"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_verified_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptCount",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "count of attempts",
                "verbose_name_plural": "counts of attempts",
            },
        ),
        migrations.RunSQL(_UNLOGGED, _LOGGED),
        migrations.AlterModelOptions(
            name="user",
            options={
                "ordering": ("email",),
                "permissions": (("suspend_user", "Can suspend and readmit people"),),
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                (
                    "expire_date",
                    models.DateTimeField(db_index=True, verbose_name="expire date"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
    ]
