"""The reading room: read chapters, and find the place again.

How a place is kept. Where scripts run, the page notes the first paragraph below the bar and how
much of the text lies before it, and sends both a second and a half after the last move and when the
page is left; without an account the browser keeps them. A chapter that is opened becomes the place,
also before the first move; one that is opened behind others does not. Arriving at a place never
moves it, so that the paragraph stays the same through any number of browsers.

Without scripts nothing can know how far somebody has scrolled, and a page that is only fetched
writes nothing: people with an account press "Mark my place", which keeps the chapter.
"""
