from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0020_new_chapter_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="book",
            name="announced_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="book",
            index=models.Index(
                condition=models.Q(("announced_at", None), ("status", "published")),
                fields=["published_on"],
                name="books_book_unannounced",
            ),
        ),
    ]
