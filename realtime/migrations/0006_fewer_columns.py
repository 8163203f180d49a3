"""Columns that nobody ever wrote leave the models. Instances of the former release still read one of them:
the columns themselves go with the next release.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("realtime", "0005_drain_asked")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("instance", "address"),
                migrations.RemoveField("connection", "session"),
                migrations.RemoveField("connection", "address"),
            ],
        ),
    ]
