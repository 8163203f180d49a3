from django.db import migrations

from sites.background.schema import RunProcrastinateSQL


class Migration(migrations.Migration):
    """PostgreSQL takes a new value of an enumeration only after the commit that adds it."""

    dependencies = [("background", "0001_procrastinate")]
    operations = [
        RunProcrastinateSQL(
            [
                "02.08.00_01_add_additional_params_to_retry_job.sql",
                "02.14.01_01_add_indexes_for_fetch_job.sql",
                "03.00.00_01_pre_cancel_notification.sql",
                "03.00.00_50_post_cancel_notification.sql",
                "03.01.00_01_pre_add_heartbeat.sql",
                "03.01.00_50_post_add_heartbeat.sql",
                "03.02.00_01_pre_batch_defer_jobs.sql",
                "03.02.00_50_post_batch_defer_jobs.sql",
                "03.03.00_01_pre_priority_lock_fetch_job.sql",
                "03.04.00_01_pre_add_retry_failed_job_procedure.sql",
            ]
        )
    ]
