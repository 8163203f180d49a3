"""Read lists, tables and figures: blocks whose parts only make sense together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from sites.books.importers.flow import Flow, Structure, unwrapped
from sites.books.importers.flow_block import FlowBlock, join_blocks, start_tag
from sites.books.importers.markup import get, local_name

Anchors = list[tuple[str, str]]
_NUMBER_TYPES: Final = frozenset({"1", "a", "A", "i", "I"})


def read_list(flow: Flow, element: etree._Element) -> None:
    """Read ul and ol. What stands between the items becomes an item."""
    flow.anchor(element)
    inner, anchors, pictures = _items(flow, element, {"li": "li"}, "li")
    if not inner:
        return
    name = "ol" if local_name(element) == "ol" else "ul"
    attributes: dict[str, str] = {}
    if name == "ol":
        attributes = {
            key: value
            for key in ("start", "type", "reversed")
            if (value := get(element, key)) or (key == "reversed" and key in element.attrib)
        }
        if attributes.get("type", "1") not in _NUMBER_TYPES:
            del attributes["type"]
    flow.add(FlowBlock(name, inner, attributes, anchors=anchors, pictures=pictures))


def read_definitions(flow: Flow, element: etree._Element) -> None:
    """Read dl; the div that may group a term with its definitions goes."""
    flow.anchor(element)
    inner, anchors, pictures = _items(flow, element, {"dt": "dt", "dd": "dd"}, "dd")
    if inner:
        flow.add(FlowBlock("dl", inner, anchors=anchors, pictures=pictures))


def read_figure(flow: Flow, element: etree._Element) -> None:
    """Read a figure: its pictures or whatever it shows, and its caption."""
    flow.anchor(element)
    caption, caption_anchors = "", list[tuple[str, str]]()
    for child in [child for child in element if local_name(child) == "figcaption"][:1]:
        caption, caption_anchors = unwrapped(flow.nested(child))
        element.remove(child)
    blocks = flow.nested(element)
    if not blocks and not caption:
        return
    anchors: Anchors = []
    for block in blocks:
        own = "" if block.tag == "figure" else block.id
        anchors += [(anchor, inside or own) for anchor, inside in block.anchors]
    only_pictures = all(block.tag == "figure" and not block.around for block in blocks)
    shown = "".join(block.inner for block in blocks) if only_pictures else join_blocks(blocks)
    inner = shown + (f"<figcaption>{caption}</figcaption>" if caption else "")
    pictures = tuple(key for block in blocks for key in block.pictures)
    flow.add(FlowBlock("figure", inner, anchors=anchors + caption_anchors, pictures=pictures))


def read_table(flow: Flow, element: etree._Element) -> None:
    """Read a table's caption, rows and cells."""
    flow.anchor(element)
    rows: list[str] = []
    anchors: Anchors = []
    pictures: list[str] = []
    caption = ""
    for child, in_head in _table_parts(element):
        if local_name(child) == "caption":
            inner, found = unwrapped(flow.nested(child))
            caption, anchors = f"<caption>{inner}</caption>", anchors + found
        elif cells := _cells(flow, child, anchors, pictures):
            rows.append(f"<thead><tr>{cells}</tr></thead>" if in_head else f"<tr>{cells}</tr>")
    if rows:
        inner = caption + "".join(rows).replace("</thead><thead>", "")
        block = FlowBlock("table", inner, anchors=anchors, pictures=tuple(pictures))
        flow.add(block)


def read_stray(flow: Flow, element: etree._Element) -> None:
    """Read an item outside its list as what it holds."""
    flow.inside(element)


def _items(
    flow: Flow, element: etree._Element, names: dict[str, str], usual: str
) -> tuple[str, Anchors, tuple[str, ...]]:
    out: list[str] = []
    anchors: Anchors = []
    pictures: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "div" and usual == "dd":
            inner, found, keys = _items(flow, child, names, usual)
            out.append(inner)
        elif name in names or len(child) or (child.text or "").strip():
            flow.anchor(child)
            inner, found, keys = _item(flow, child, names.get(name, usual))
            out.append(inner)
        else:
            continue
        anchors += found
        pictures += keys
    return "".join(out), anchors, tuple(pictures)


def _item(flow: Flow, element: etree._Element, tag: str) -> tuple[str, Anchors, tuple[str, ...]]:
    waiting = list(flow.pending)
    flow.pending.clear()
    blocks = flow.nested(element)
    waiting += flow.pending
    flow.pending.clear()
    inner, anchors = unwrapped(blocks)
    own = flow.page.ids.draw()
    attributes = {"id": own}
    if tag == "li" and get(element, "value"):
        attributes["value"] = get(element, "value")
    anchors = [(anchor, own) for anchor in waiting] + [
        (anchor, inside or own) for anchor, inside in anchors
    ]
    pictures = tuple(key for block in blocks for key in block.pictures)
    return f"{start_tag(tag, attributes)}{inner}</{tag}>", anchors, pictures


def _cells(flow: Flow, row: etree._Element, anchors: Anchors, pictures: list[str]) -> str:
    out: list[str] = []
    for cell in row:
        name = local_name(cell)
        if name not in {"td", "th"}:
            continue
        flow.anchor(cell)
        blocks = flow.nested(cell)
        inner, found = unwrapped(blocks)
        anchors += found
        pictures += [key for block in blocks for key in block.pictures]
        attributes = {
            key: get(cell, key) for key in ("colspan", "rowspan", "scope") if get(cell, key)
        }
        out.append(f"{start_tag(name, attributes)}{inner}</{name}>")
    return "".join(out)


def _table_parts(table: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Give a table's caption and rows, and whether each stands in the head."""
    for child in table:
        name = local_name(child)
        if name in {"caption", "tr"}:
            yield child, False
        elif name in {"thead", "tbody", "tfoot"}:
            for row in child:
                if local_name(row) == "tr":
                    yield row, name == "thead"


STRUCTURES: Final[dict[str, Structure]] = {
    "ul": read_list,
    "ol": read_list,
    "menu": read_list,
    "dir": read_list,
    "dl": read_definitions,
    "figure": read_figure,
    "table": read_table,
    "li": read_stray,
    "dt": read_stray,
    "dd": read_stray,
    "figcaption": read_stray,
}
