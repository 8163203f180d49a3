"""Decode one picture and write it anew: a program of its own, that a hostile one may starve or crash.

The picture comes by standard input, its pixels go to standard output as PNG, upright and without
anything else that the file held. Arguments: the format's name; the most pixels; the most pixels of
a side; width and height that it is fitted into. It never runs in a process that serves people, and
``storage.bounded`` starts it.
"""

from __future__ import annotations

import io
import sys


def main(arguments: list[str]) -> int:
    name = arguments[0]
    pixels, side, width, height = (int(each) for each in arguments[1:5])
    from PIL import Image, ImageOps  # heavy, and with bounds by now

    Image.MAX_IMAGE_PIXELS = None  # the limits are ours
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=[name]) as image:
        if image.width * image.height > pixels or max(image.size) > side:
            return 3
        image.draft("RGB", (width, height))  # JPEG: a half, a quarter or an eighth at once
        image.load()
        fitted = ImageOps.exif_transpose(image)
        fitted.thumbnail((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        see_through = fitted.mode in ("RGBA", "LA", "PA") or "transparency" in fitted.info
        clean = fitted.convert("RGBA" if see_through else "RGB")
        clean.info.clear()  # no EXIF, no comments, no profile
        clean.save(sys.stdout.buffer, "PNG", compress_level=1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
