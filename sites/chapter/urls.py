from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.common_urls import common_urls
from sites.errors import HANDLERS
from sites.lazily import lazily
from sites.sitemap_urls import sitemap_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *common_urls(),
    *sitemap_urls("sites.chapter.sitemaps.SITEMAPS"),
    path("", lazily("sites.chapter.views.home"), name="home"),
    path("reading/", lazily("sites.chapter.views.reading"), name="reading"),
    path("shelves/", lazily("sites.chapter.shelves.shelves"), name="shelves"),
    path("shelves/<slug:key>/", lazily("sites.chapter.shelves.shelf"), name="shelf"),
    path("preview/<str:token>/", lazily("sites.chapter.preview.preview"), name="preview"),
    path(
        "preview/<str:token>/<int:number>/",
        lazily("sites.chapter.preview.preview_chapter"),
        name="preview_chapter",
    ),
    path("muted/", lazily("sites.chapter.comments.muted"), name="muted"),
    path("highlights/", lazily("sites.chapter.highlights.all_highlights"), name="highlights"),
    *(
        path(
            f"highlights/<int:highlight>/{step}/",
            lazily(f"sites.chapter.margins.{view}"),
            name=f"{step}_highlight",
        )
        for step, view in (
            ("change", "change"),
            ("remove", "remove"),
            ("report", "report_shared"),
            ("mute", "mute"),
        )
    ),
    path(
        "highlights/<slug:slug>/",
        lazily("sites.chapter.highlights.book_highlights"),
        name="book_highlights",
    ),
    path(
        "highlights/<slug:slug>/<str:kind>/",
        lazily("sites.chapter.highlights.as_file"),
        name="highlights_file",
    ),
    # Last: a slug may be any word, the ones above excepted.
    path("<slug:slug>/", lazily("sites.chapter.views.contents"), name="contents"),
    path("<slug:slug>/<int:number>/", lazily("sites.chapter.views.read"), name="read"),
    path(
        "<slug:slug>/<int:number>/place/",
        lazily("sites.chapter.views.keep_place"),
        name="keep_place",
    ),
    path(
        "<slug:slug>/<int:number>/highlights/",
        lazily("sites.chapter.margins.highlights"),
        name="chapter_highlights",
    ),
    path(
        "<slug:slug>/<int:number>/comments/",
        lazily("sites.chapter.comments.comments"),
        name="comments",
    ),
    *(
        path(
            f"<slug:slug>/<int:number>/comments/<int:comment>/{step}",
            lazily(f"sites.chapter.comments.{view}"),
            name=name,
        )
        for step, view, name in (
            ("", "one_comment", "comment"),
            ("delete/", "delete", "delete_comment"),
            ("like/", "like", "like_comment"),
            ("report/", "report_comment", "report_comment"),
            ("mute/", "mute", "mute_author"),
        )
    ),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
