"""Paragraph ids that survive editing and re-import.

Readers' places and comments point at paragraphs. So the ids of a new text are decided on the
server, by a difference to the text before; what an editor sends is a hint, never the truth.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.blocks import Block, read_blocks
from sites.books.text.difference import Pairing, pair_blocks
from sites.books.text.errors import TooManyParagraphs
from sites.books.text.tokens import Tag, read_clean_tag, split_clean

#: Blocks of one chapter: the longest chapter of a novel has hundreds. 10,000 that were all edited
#: take about 4 s to pair, unchanged ones 0.2 s.
PARAGRAPH_LIMIT: Final = 20_000
ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648's base 32, in lower case
ID_LENGTH: Final = 8  # 40 bits: ids need to be unique in one chapter only
TRIES: Final = 100  # to draw an id that is not taken; two of 20,000 meet once in 5,000 chapters


@dataclass(frozen=True, slots=True)
class Assignment:
    """A text with its ids.

    ``given`` maps each id that the new text came with to the id that its block has now (for an id
    on several blocks: the first's, unless one kept it). ``moved`` maps each id of the previous text
    that is gone to the paragraph that a reader at that place should go to: the one that took up its
    words, else the nearest one before it that is still there, else the nearest one after it; ""
    when nothing of the previous text is left.
    """

    text: str
    given: dict[str, str]
    moved: dict[str, str]


def random_paragraph_id() -> str:
    """Give a new id, such as ``p-k3zt2abd``."""
    return "p-" + "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


def assign_paragraph_ids(
    new_html: str, previous_html: str = "", *, new_id: Callable[[], str] = random_paragraph_id
) -> str:
    """Give the clean text ``new_html`` with an id on every block that a reader can point at.

    Paragraphs that are unchanged, slightly edited or moved keep their ids. After a split, the half
    that resembles the old paragraph most has the id (of equal ones the first). After a merge, the
    paragraph has the first one's id; the others' are gone, and ``Assignment.moved`` leads from them
    to the merged one. A pasted duplicate gets a new id. Ids that the previous text did not have
    (forged ones, or another chapter's) are replaced, and links within the text follow. A text
    without any ids, such as an imported one, gets those of the previous text.

    ``new_id`` draws ids such as ``p-k3zt2abd``; given its row, the result is determined. Raises
    TooManyParagraphs beyond ``PARAGRAPH_LIMIT``. The method is described in ``difference.py``.
    """
    return match_paragraphs(new_html, previous_html, new_id=new_id).text


def match_paragraphs(
    new_html: str, previous_html: str = "", *, new_id: Callable[[], str] = random_paragraph_id
) -> Assignment:
    """Do as ``assign_paragraph_ids`` does, and also say what became of the ids."""
    pieces = split_clean(new_html)
    new, old = read_blocks(pieces), read_blocks(split_clean(previous_html))
    _check_count(new)
    pairing = pair_blocks(old, new)
    ids = _choose_ids(old, new, pairing, new_id)
    given: dict[str, str] = {}
    for block, chosen in zip(new, ids, strict=True):
        if block.id and (chosen == block.id or block.id not in given):
            given[block.id] = chosen
    moved = _where_readers_go(old, ids, pairing)
    by_piece = {block.index: chosen for block, chosen in zip(new, ids, strict=True)}
    taken = set(ids)
    for index in range(1, len(pieces), 2):
        chosen_id = by_piece.get(index)
        if chosen_id is not None or ' id="' in pieces[index]:
            pieces[index] = _with_id(pieces[index], chosen_id)
        elif ' href="#p-' in pieces[index]:
            pieces[index] = _with_target(pieces[index], given, moved, taken)
    return Assignment("".join(pieces), given, moved)


def _check_count(blocks: Sequence[Block]) -> None:
    if len(blocks) > PARAGRAPH_LIMIT:
        raise TooManyParagraphs(len(blocks), PARAGRAPH_LIMIT)


def _choose_ids(
    old: Sequence[Block], new: Sequence[Block], pairing: Pairing, new_id: Callable[[], str]
) -> list[str]:
    taken = {block.id for block in old} | {block.id for block in new} | {""}
    used: set[str] = set()
    ids = []
    for i in pairing.old_of:
        chosen = old[i].id if i is not None else ""
        if not chosen or chosen in used:
            chosen = _fresh(taken, new_id)
        used.add(chosen)
        taken.add(chosen)
        ids.append(chosen)
    return ids


def _fresh(taken: set[str], new_id: Callable[[], str]) -> str:
    for _try in range(TRIES):
        drawn = new_id()
        if drawn not in taken and PARAGRAPH_ID.fullmatch(drawn):
            return drawn
    raise RuntimeError(f"new_id gave no fresh paragraph id in {TRIES} tries.")


def _where_readers_go(old: Sequence[Block], ids: Sequence[str], pairing: Pairing) -> dict[str, str]:
    continued = {i: ids[j] for j, i in enumerate(pairing.old_of) if i is not None}
    moved: dict[str, str] = {}
    waiting: list[str] = []
    nearest = ""
    for i, block in enumerate(old):
        if i in continued:
            nearest = continued[i]
            moved.update(dict.fromkeys(waiting, nearest))
            waiting.clear()
        elif i in pairing.absorbed:
            moved[block.id] = ids[pairing.absorbed[i]]
        elif nearest:
            moved[block.id] = nearest
        else:
            waiting.append(block.id)
    moved.update(dict.fromkeys(waiting, ""))
    moved.pop("", None)
    return moved


def _with_id(piece: str, chosen: str | None) -> str:
    tag = read_clean_tag(piece)
    tag.attributes.pop("id", None)
    if chosen is not None:
        tag.attributes["id"] = chosen
    return str(Tag(tag.name, dict(sorted(tag.attributes.items()))))


def _with_target(piece: str, given: dict[str, str], moved: dict[str, str], taken: set[str]) -> str:
    tag = read_clean_tag(piece)
    target = tag.attributes["href"][1:]
    if target not in taken or target in given:
        target = given.get(target) or moved.get(target) or target
    tag.attributes["href"] = f"#{target}"
    return str(tag)
