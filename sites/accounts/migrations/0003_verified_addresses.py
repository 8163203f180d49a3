from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def verify(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever had an account before addresses were verified was given it by the house."""
    users = apps.get_model("accounts", "User").objects.filter(emailaddress=None).only("email")
    addresses = apps.get_model("account", "EmailAddress")
    rows = (
        addresses(user_id=user.pk, email=user.email, verified=True, primary=True)
        for user in users.iterator(chunk_size=1000)
    )
    addresses.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(verify, migrations.RunPython.noop, elidable=True)]
