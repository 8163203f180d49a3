from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from sites.common_urls import common_urls
from sites.community.first_pages import HOUSE_PAGES
from sites.errors import HANDLERS
from sites.lazily import lazily
from sites.main.former_addresses import leading_on
from sites.sitemap_urls import sitemap_urls

_house_page = lazily("sites.main.house_pages.house_page")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lazily("sites.main.front_page.home"), name="home"),
    path("books/", lazily("sites.main.views.books"), name="books"),
    path("books/<slug:slug>/", lazily("sites.main.views.book"), name="book"),
    path("books/<slug:slug>/epub/", lazily("sites.main.download.download"), name="download"),
    path("feed/", lazily("sites.main.feeds.NewBooks"), name="feed"),
    path("books/<slug:slug>/feed/", lazily("sites.main.feeds.ChaptersOfBook"), name="book_feed"),
    path("authors/<slug:slug>/feed/", lazily("sites.main.feeds.BooksOfAuthor"), name="author_feed"),
    *sitemap_urls("sites.main.sitemaps.SITEMAPS"),
    path("books/<slug:slug>/shelf/", lazily("sites.main.keeping.shelve"), name="shelve"),
    path("books/<slug:slug>/follow/", lazily("sites.main.keeping.follow_book"), name="follow_book"),
    path(
        "authors/<slug:slug>/follow/",
        lazily("sites.main.keeping.follow_author"),
        name="follow_author",
    ),
    path("books/<slug:slug>/reviews/", lazily("sites.main.reviews.reviews"), name="reviews"),
    *(
        path(
            f"books/<slug:slug>/reviews/{step}/",
            lazily(f"sites.main.reviews.{step}"),
            name=f"{step}_review",
        )
        for step in ("write", "remove")
    ),
    *(
        path(
            f"books/<slug:slug>/reviews/<int:review>/{step}/",
            lazily(f"sites.main.reviews.{step}"),
            name=f"{step}_review",
        )
        for step in ("vote", "report", "mute")
    ),
    path("authors/", lazily("sites.main.views.authors"), name="authors"),
    path(
        "authors/<slug:slug>/",
        leading_on("author", lazily("sites.main.views.author")),
        name="author",
    ),
    path(
        "genres/<slug:slug>/", leading_on("genre", lazily("sites.main.views.genre")), name="genre"
    ),
    path("notifications/", lazily("sites.main.notifications.notifications"), name="notifications"),
    path("notifications/read/", lazily("sites.main.notifications.read"), name="read_notifications"),
    path(
        "notifications/choices/",
        lazily("sites.main.notification_choices.choices"),
        name="notification_choices",
    ),
    # Mail programs have no token of ours against forged forms: the address is the proof.
    path(
        "notifications/unsubscribe/<str:token>/",
        csrf_exempt(lazily("sites.main.notification_choices.unsubscribe")),
        name="unsubscribe",
    ),
    *(path(f"{slug}/", _house_page, {"slug": slug}, name=slug) for slug in HOUSE_PAGES),
    *common_urls(),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
