from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realtime", "0004_publish")]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="drain_asked",
            field=models.BooleanField(db_default=False),
        ),
    ]
