from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0009_notification_choices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "A book was submitted"),
                    ("taken_back", "A submission was taken back"),
                    ("approved", "A book was approved"),
                    ("changes_requested", "Changes were requested"),
                    ("rejected", "A book was rejected"),
                    ("commented", "A submission was commented on"),
                    ("withdrawn", "A book was withdrawn"),
                    ("published_again", "A book was published again"),
                    ("invited", "An invitation onto a cover"),
                    ("invitation_accepted", "A new name stands on a cover"),
                    ("invitation_declined", "An invitation was declined"),
                    ("name_left", "A name has left a cover"),
                    ("new_chapter", "A followed book has a new chapter"),
                    ("new_chapters", "A followed book has new chapters"),
                    ("new_book", "A followed author has a new book"),
                    ("announced", "The house has announced something"),
                    ("answered", "Somebody answered a comment"),
                    ("words_hidden", "Moderators have hidden something"),
                    ("report_decided", "A report was decided"),
                ],
                max_length=30,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="notificationchoice",
            name="topic",
            field=models.CharField(
                choices=[
                    ("chapters", "A book that I follow goes on"),
                    ("books", "An author whom I follow has a new book"),
                    ("answers", "Somebody answers what I said"),
                    ("moderation", "Moderators decide on what I wrote or reported"),
                    ("covers", "Invitations onto covers, and names on mine"),
                    ("steps", "Editors decide on my books"),
                    ("talks", "Somebody comments on a submission"),
                    ("submissions", "A book is submitted or taken back"),
                    ("house", "The house announces something"),
                ],
                max_length=20,
                verbose_name="topic",
            ),
        ),
    ]
