"""Make the derivatives of one picture: a program of its own, that a picture may starve or crash.

Arguments: a folder that holds the picture as ``master``, and the ``storage.derivatives.Plan`` as JSON.
The derivatives come to lie beside it as ``WIDTH.ENDING``, what is known of the picture in ``facts.json``.
It never runs in a process that serves people, and ``storage.bounded`` starts it.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
#: Quality of each encoder's own scale, chosen to look alike: AVIF's 60 as WebP's 80 and JPEG's 82.
AVIF: Final = {"quality": 60, "speed": 8, "max_threads": 1, "subsampling": "4:2:0"}
WEBP: Final = {"quality": 80, "method": 4}
JPEG: Final = {"quality": 82, "optimize": True, "progressive": True}
#: A picture of so few colours is a drawing or a scan of type: lossy encoders blur it, and make it larger.
FEW_COLOURS: Final = 256
#: Pixels of a placeholder's longer side: 100 to 200 bytes, which a browser draws as a blur.
PLACEHOLDER: Final = 16


def main(arguments: list[str]) -> int:
    folder, plan = Path(arguments[0]), json.loads(arguments[1])
    from PIL import Image as pillow

    with pillow.open(folder / "master", formats=FORMATS) as opened:
        opened.load()
        image = _usual_mode(opened)
    made = {"avif": _avif(image, folder, plan["widths"])}
    if plan["webp"]:
        made["webp"] = _webp(image, folder, plan["widths"])
    if plan["jpeg"] and image.mode == "RGB":
        width = min(plan["jpeg"], image.width)
        _save(_resized(image, width), folder / f"{width}.jpg", "JPEG", JPEG)
        made["jpg"] = [width]
    facts = {
        "width": image.width,
        "height": image.height,
        "made": {kind: widths for kind, widths in made.items() if widths},
        "placeholder": _placeholder(image),
    }
    (folder / "facts.json").write_text(json.dumps(facts))
    return 0


def _avif(image: Image, folder: Path, widths: list[int]) -> list[int]:
    """Make every width as AVIF, down from the picture's own; none where that is not smaller than the
    master, as it is with drawings."""
    made: list[int] = []
    for width in sorted({min(each, image.width) for each in widths}, reverse=True):
        size = _save(_resized(image, width), folder / f"{width}.avif", "AVIF", AVIF)
        if size >= (folder / "master").stat().st_size:
            (folder / f"{width}.avif").unlink()
            return []
        made.insert(0, width)
    return made


def _webp(image: Image, folder: Path, widths: list[int]) -> list[int]:
    """Make every smaller width as WebP: the whole one is the master."""
    lossless = image.getcolors(FEW_COLOURS) is not None
    smaller = [width for width in widths if width < image.width]
    for width in smaller:
        options = WEBP | {"lossless": lossless}
        _save(_resized(image, width), folder / f"{width}.webp", "WEBP", options)
    return smaller


def _save(image: Image, path: Path, kind: str, options: dict[str, Any]) -> int:
    image.save(path, kind, **options)
    return path.stat().st_size


def _resized(image: Image, width: int) -> Image:
    if width == image.width:
        return image
    from PIL.Image import Resampling

    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)


def _usual_mode(image: Image) -> Image:
    transparent = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _placeholder(image: Image) -> str:
    """Give a tiny WebP as a ``data:`` address; none for what one can see through, whose placeholder
    would stay to be seen behind it."""
    if image.mode != "RGB":
        return ""
    from PIL.Image import Resampling

    small = image.copy() if max(image.size) <= 64 else image.reduce(max(1, max(image.size) // 64))
    small.thumbnail((PLACEHOLDER, PLACEHOLDER), Resampling.BOX)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=30, method=6)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
