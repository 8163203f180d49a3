"""Does the storage do all that the house asks of it? Each step is tried for real, with what to do.

What is stored for it lies below ``checks/`` and is deleted in the end.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from storage import keys, links
from storage.asking import UNREACHABLE, Answer, Failed, allows, ask, multipart
from storage.backends import Files
from storage.errors import BadLink, StorageError, StorageRefused
from storage.places import Places
from storage.s3 import BucketFiles

#: Seconds that a link is good for that is to expire while one waits.
SHORT: Final = 2
SIZE: Final = 4_000  # bytes of what is stored
STRANGER: Final = "https://stranger.example"
TYPE: Final = "application/octet-stream"

#: What to do about the answers of a service, by their codes.
_CURES: Final = {
    "InvalidAccessKeyId": "Check AWS_ACCESS_KEY_ID: `fly storage create` shows it once.",
    "SignatureDoesNotMatch": "Check AWS_SECRET_ACCESS_KEY, and that no space came along.",
    "NoSuchBucket": "Check BUCKET_NAME and PUBLIC_BUCKET_NAME: there is no such bucket.",
    "AccessDenied": "Give the key the right to read, write, list and delete in this bucket.",
    "RequestTimeTooSkewed": "Set this machine's clock.",
    "403": "Check the key and the secret, and its rights in this bucket.",
    "404": "Check BUCKET_NAME and PUBLIC_BUCKET_NAME.",
}


class Step(NamedTuple):
    """One step of the check: of which place, what was tried, and whether it did; else why not, and
    what to do. ``ok`` is None for what could not be tried."""

    place: str
    name: str
    ok: bool | None
    why: str = ""
    cure: str = ""


def check(places: Places, origins: Sequence[str], parent: str) -> Iterator[Step]:
    """Try everything; give the steps as they are done. ``origins`` are those that browsers send files
    from, ``parent`` is the domain that no file may be served from."""
    for name, place in zip(places._fields, places, strict=True):
        yield from _Check(name, place, origins, parent).steps()


class _Check:
    """The steps of one place, and what they tell one another."""

    def __init__(self, name: str, place: Files, origins: Sequence[str], parent: str) -> None:
        self.name, self.place, self.origins, self.parent = name, place, origins, parent
        self.content = secrets.token_bytes(SIZE)
        self.key = keys.content_key("checks", self.content, TYPE)
        self.sent = keys.incoming_key("checks", TYPE)

    def steps(self) -> Iterator[Step]:
        is_bucket = isinstance(self.place, BucketFiles)
        steps: list[tuple[str, Callable[[], None], bool]] = [
            ("put", self.put, True),
            ("head", self.head, True),
            ("get", self.get, True),
            ("range", self.range, True),
            ("list", self.list, True),
            ("read by everybody", self.read_by_everybody, is_bucket and self.place.is_public),
            ("own domain", self.own_domain, is_bucket and self.place.is_public),
            ("read by nobody else", self.read_by_nobody, is_bucket and not self.place.is_public),
            ("signed get", self.signed_get, is_bucket and not self.place.is_public),
            ("signed post", self.signed_form, is_bucket and not self.place.is_public),
            ("expiry", self.expiry, is_bucket and not self.place.is_public),
            ("CORS", self.cors, is_bucket and not self.place.is_public),
            ("signed links", self.own_links, not is_bucket and not self.place.is_public),
            ("delete", self.delete, True),
        ]
        stored = False
        for name, step, applies in steps:
            if not applies:
                continue
            if name != "put" and not stored:
                yield Step(self.name, name, None, "nothing could be stored")
                continue
            done = self._done(name, step)
            stored = stored or bool(done.ok)
            yield done

    def _done(self, name: str, step: Callable[[], None]) -> Step:
        try:
            step()
        except Failed as failure:
            return Step(self.name, name, False, failure.why, failure.cure)
        except StorageRefused as error:
            return Step(self.name, name, False, error.what, _cure(error.what))
        except StorageError as error:
            why = getattr(error, "what", str(error))
            return Step(self.name, name, False, why, UNREACHABLE)
        except FileNotFoundError:
            return Step(
                self.name, name, False, "the file that was stored is not there", _CURES["404"]
            )
        except OSError as error:
            why = f"{type(error).__name__}: {error}"[:200]
            return Step(self.name, name, False, why, "Check the folder's rights and its disk.")
        return Step(self.name, name, True)

    # --- What a program does ---

    def put(self) -> None:
        self.place.put(self.key, self.content, TYPE)

    def head(self) -> None:
        facts = self.place.facts(self.key)
        if (facts.size, facts.type) != (SIZE, TYPE):
            raise Failed(
                f"{facts.size} bytes of {facts.type}", "Tell the service: it lost the type."
            )

    def get(self) -> None:
        if self.place.read(self.key) != self.content:
            raise Failed("other bytes came back", "Tell the service: it alters files.")

    def range(self) -> None:
        if b"".join(self.place.pieces(self.key, first=100, end=200)) != self.content[100:200]:
            raise Failed(
                "not the bytes 100 to 200", "Something between here and there ignores Range."
            )

    def list(self) -> None:
        if self.key not in {each.key for each in self.place.list_keys("checks/")}:
            raise Failed("the file is not listed", "Give the key the right to list this bucket.")

    def delete(self) -> None:
        self.place.delete(self.key)
        if not self.place.is_public:
            self.place.delete(self.sent)
        if self.place.exists(self.key):
            raise Failed("the file is still there", "Give the key the right to delete.")

    # --- What browsers do ---

    def read_by_everybody(self) -> None:
        answer = ask(self.place.url(self.key))
        if answer.status != 200 or answer.body != self.content:
            raise Failed(
                f"{self.place.url(self.key)} answers {answer.status}",
                "Make the public bucket public (`fly storage create --public`), and check "
                "PUBLIC_FILES_URL: Tigris serves public files at https://BUCKET.t3.tigrisfiles.io/.",
            )
        if "immutable" not in answer.headers.get("cache-control", ""):
            raise Failed(
                "Cache-Control was lost", "Something in between rewrites it: a CDN's rule."
            )

    def own_domain(self) -> None:
        host = urlsplit(self.place.url(self.key)).hostname or ""
        if host == self.parent or host.endswith(f".{self.parent}"):
            raise Failed(
                f"{host} is below {self.parent}",
                "Serve files from a domain of the bucket's own: what lies below the parent domain "
                "gets the readers' cookies.",
            )

    def read_by_nobody(self) -> None:
        parts = urlsplit(self.place.signed_url(self.key))
        answer = ask(f"{parts.scheme}://{parts.netloc}{parts.path}")
        if answer.status == 200:
            raise Failed(
                "everybody can read it", "Make the private bucket private: manuscripts lie there."
            )

    def signed_get(self) -> None:
        address = self.place.signed_url(self.key, name="Laut Banda.bin")
        answer = ask(address)
        if answer.status != 200 or answer.body != self.content:
            raise Failed(f"it answers {answer.status}", self._signing_cure(answer))
        if "attachment" not in answer.headers.get("content-disposition", ""):
            raise Failed("the name was lost", "The service ignores response-content-disposition.")
        altered = address[:-1] + ("0" if address[-1] != "0" else "1")
        if ask(altered).status == 200:
            raise Failed("a link altered by a byte opens", "The service checks no signatures.")

    def signed_form(self) -> None:
        form = self.place.signed_form(
            self.sent, size=SIZE, type_=TYPE, expires=timedelta(minutes=5)
        )
        if form.method == "PUT":
            too_long = ask(form.url, "PUT", form.headers, self.content + b"!")
        else:
            too_long = ask(form.url, "POST", *multipart(form.fields, self.content + b"!", TYPE))
        if too_long.status < 400:
            raise Failed("it takes more bytes than were signed", "The service ignores policies.")
        if form.method == "PUT":
            answer = ask(form.url, "PUT", form.headers, self.content)
        else:
            answer = ask(form.url, "POST", *multipart(form.fields, self.content, TYPE))
        if answer.status not in (200, 201, 204):
            raise Failed(f"it answers {answer.status}", self._signing_cure(answer))
        if self.place.read(self.sent) != self.content:
            raise Failed("other bytes arrived", "Tell the service: it alters files.")

    def expiry(self) -> None:
        address = self.place.signed_url(self.key, expires=timedelta(seconds=SHORT))
        until = time.monotonic() + SHORT + 1.5
        while time.monotonic() < until:
            time.sleep(0.1)
        if ask(address).status == 200:
            raise Failed(
                "a link opens after its time", "Set the clocks of this machine and theirs."
            )

    def cors(self) -> None:
        # At a key's address: rules are the bucket's, and some services answer for it otherwise.
        address = self.place.signed_url(self.sent)
        form = self.place.signed_form(
            self.sent, size=SIZE, type_=TYPE, expires=timedelta(minutes=5)
        )
        cure = "Run `manage.py storage_check --write-cors`."
        for origin in self.origins:
            if not allows(address, form.method, origin):
                raise Failed(f"browsers on {origin} may not send files", cure)
        if allows(address, form.method, STRANGER):
            raise Failed("browsers on any site may send files", cure)

    def own_links(self) -> None:
        """The folder's links are signed and read by this program itself."""
        link = urlsplit(self.place.signed_url(self.key))
        query = dict(parse_qsl(link.query))
        now = datetime.now(UTC)
        links.read_download(self.key, query, now=now)
        for key, at in ((self.sent, now), (self.key, now + timedelta(days=1))):
            try:
                links.read_download(key, query, now=at)
            except BadLink:
                continue
            raise Failed("a link opens what it is not for", "Tell the makers of this program.")

    def _signing_cure(self, answer: Answer) -> str:
        found = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", answer.body)
        return _cure(found[1].decode() if found else str(answer.status))


def write_cors(place: BucketFiles, origins: Sequence[str]) -> None:
    """Let browsers on ``origins`` send files into the bucket, and those on no others."""
    rule = {
        "AllowedOrigins": list(origins),
        "AllowedMethods": [place.access.upload],
        "AllowedHeaders": ["Content-Type", "Cache-Control"],
        "MaxAgeSeconds": 3600,
    }
    with place._told("put CORS"):
        place.bucket.client.put_bucket_cors(
            Bucket=place.access.name, CORSConfiguration={"CORSRules": [rule]}
        )


def _cure(what: str) -> str:
    code = what.rpartition(": ")[2]
    return _CURES.get(code, f"Look {code} up in the service's list of errors.")
