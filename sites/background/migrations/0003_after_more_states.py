from django.db import migrations

from sites.background.schema import RunProcrastinateSQL


class Migration(migrations.Migration):
    """PostgreSQL takes a new value of an enumeration only after the commit that adds it."""

    dependencies = [("background", "0002_after_new_states")]
    operations = [
        RunProcrastinateSQL(
            [
                "03.04.00_50_post_add_retry_failed_job_procedure.sql",
            ]
        )
    ]
