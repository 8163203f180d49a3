"""Draw one SVG: a program of its own, that a hostile drawing may crash, starve or hang.

The SVG comes by standard input, the PNG goes to standard output. Arguments: width and height in
pixels, then the files of fonts, where the drawing has words: without any, the system's fonts are not
searched either. resvg ends its process when memory runs out, so it never runs in a process that serves
people; ``storage.bounded`` starts it.
"""

from __future__ import annotations

import sys

MEMORY = 512 * 1024 * 1024  # bytes of address space; Python with resvg takes 150 MB of it

#: What is written in where a drawing names no font that there is: many machines have none at all.
FAMILY = "Plus Jakarta Sans"


def main(arguments: list[str]) -> int:
    width, height = (int(argument) for argument in arguments[:2])
    fonts = arguments[2:]
    import resvg_py  # in this process alone: others import MEMORY

    drawing = sys.stdin.buffer.read().decode()
    png = resvg_py.svg_to_bytes(
        svg_string=drawing,
        width=width,
        height=height,
        dpi=96.0,
        skip_system_fonts=not fonts,
        font_files=fonts or None,
        font_family=FAMILY,
        # Whatever family a drawing names, resvg ends with the serif one.
        serif_family=FAMILY,
        sans_serif_family=FAMILY,
        monospace_family=FAMILY,
    )
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
