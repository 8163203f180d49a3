from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0006_within_reason"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="author",
            index=models.Index(fields=["name", "id"], name="books_author_by_name"),
        ),
    ]
