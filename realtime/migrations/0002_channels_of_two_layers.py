"""Two layers in one database, with a prefix each, have workers' channels of the same name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_messages")]

    operations = [
        migrations.AlterField("workermessage", "channel", models.CharField(max_length=141)),
    ]
