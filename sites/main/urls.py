from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.common_urls import common_urls
from sites.community.first_pages import HOUSE_PAGES
from sites.errors import HANDLERS
from sites.main import download, feeds, house_pages, keeping, notifications, views
from sites.main.former_addresses import leading_on
from sites.main.sitemaps import SITEMAPS
from sites.sitemaps import sitemap_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("books/", views.books, name="books"),
    path("books/<slug:slug>/", views.book, name="book"),
    path("books/<slug:slug>/epub/", download.download, name="download"),
    path("feed/", feeds.NewBooks(), name="feed"),
    path("books/<slug:slug>/feed/", feeds.ChaptersOfBook(), name="book_feed"),
    path("authors/<slug:slug>/feed/", feeds.BooksOfAuthor(), name="author_feed"),
    *sitemap_urls(SITEMAPS),
    path("books/<slug:slug>/shelf/", keeping.shelve, name="shelve"),
    path("books/<slug:slug>/follow/", keeping.follow_book, name="follow_book"),
    path("authors/<slug:slug>/follow/", keeping.follow_author, name="follow_author"),
    path("authors/", views.authors, name="authors"),
    path("authors/<slug:slug>/", leading_on("author", views.author), name="author"),
    path("genres/<slug:slug>/", leading_on("genre", views.genre), name="genre"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read, name="read_notifications"),
    *(path(f"{slug}/", house_pages.house_page, {"slug": slug}, name=slug) for slug in HOUSE_PAGES),
    *common_urls(),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
