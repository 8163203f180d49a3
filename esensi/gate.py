"""As many requests at once as there are database connections for them."""

from __future__ import annotations

import asyncio

from django.conf import settings

from esensi.answers import PIECE_SECONDS, Answer
from esensi.asgi_types import App, Message, Receive, Scope, Send
from esensi.bodies import BODY_SECONDS, Body, BodyRefused, ClientLeft, Room
from sites.errors import service_unavailable, static_policy

#: A page takes some 30 ms, so that the last of 200 with four turns waits 1.5 s. Whoever comes after
#: them is better off on another instance, or a little later.
LONGEST_LINE = 200
#: The largest forms that may arrive at once; small ones (``bodies.FREE``) always may. With 48 MB
#: a small machine keeps its memory for its work.
LARGEST_BODIES_AT_ONCE = 2
#: Bytes of answers that wait for slow readers: the longest chapter, five times over.
ANSWERS_HELD = 50_000_000


class RequestGate:
    """Let ``settings.REQUESTS_AT_ONCE`` requests into Django; others wait here, or are sent away.

    Under ASGI each request takes a thread and may take a connection. Without the gate, a hundred
    requests would be a hundred threads that wait for four connections until they time out; here
    they wait in order, for nothing but a turn. Beyond ``LONGEST_LINE`` the answer is 503.

    A turn is for Django's work alone. The body is read before it, within ``body_seconds``, and the
    answer is sent after it, each piece within ``piece_seconds``: slow clients hold nobody up.
    """

    def __init__(
        self, app: App, *, body_seconds: float = BODY_SECONDS, piece_seconds: float = PIECE_SECONDS
    ) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._piece_seconds = piece_seconds
        self._bodies = Room(LARGEST_BODIES_AT_ONCE * settings.LARGEST_BODY)
        self._answers = Room(ANSWERS_HELD)
        self._waiting = 0
        self._turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    @property
    def waiting(self) -> int:
        """How many requests wait for a turn."""
        return self._waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body(self._bodies)
        try:
            await body.read(scope, receive, seconds=self._body_seconds)
            await self._answer(scope, body, receive, send)
        except ClientLeft:
            return
        except BodyRefused as refusal:
            await body.refuse(refusal, receive, send)
        finally:
            body.drop()

    async def _answer(self, scope: Scope, body: Body, receive: Receive, send: Send) -> None:
        left = asyncio.Event()
        watching = asyncio.create_task(_watch(receive, left))
        answer = Answer(send, left=left, room=self._answers, seconds=self._piece_seconds)
        try:
            turn = self._turn()
            if turn.locked() and self._waiting >= LONGEST_LINE:
                await _send_away(answer.send)
            elif await self._take(turn, left):
                try:
                    await self._app(scope, _received(body, left), answer.send)
                finally:
                    turn.release()
            await answer.finish()
        finally:
            answer.drop()
            watching.cancel()
            await asyncio.wait({watching})

    async def _take(self, turn: asyncio.Semaphore, left: asyncio.Event) -> bool:
        """Wait for a turn; whether it came before the client left."""
        if not turn.locked() and not left.is_set():
            return await turn.acquire()  # at once, and without two tasks
        leaving = asyncio.create_task(left.wait())
        taking = asyncio.create_task(turn.acquire())
        taken = False
        self._waiting += 1
        try:
            await asyncio.wait({leaving, taking}, return_when=asyncio.FIRST_COMPLETED)
            taken = taking.done() and not left.is_set()
        finally:
            self._waiting -= 1
            leaving.cancel()
            if not taken and not taking.cancel():
                turn.release()  # it came in the moment the client left
        return taken

    def _turn(self) -> asyncio.Semaphore:
        # A semaphore belongs to a loop: tests and reloads bring new ones.
        loop = asyncio.get_running_loop()
        if loop not in self._turns:
            self._turns = {loop: asyncio.Semaphore(settings.REQUESTS_AT_ONCE)}
        return self._turns[loop]


async def _watch(receive: Receive, left: asyncio.Event) -> None:
    """Wait for the one message that may follow a whole body: the client's departure."""
    await receive()
    left.set()


def _received(body: Body, left: asyncio.Event) -> Receive:
    """Give the application's side: the body in one message, then the departure."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body.hand_over(), "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    return receive


async def _send_away(send: Send) -> None:
    response = service_unavailable()
    response["Content-Security-Policy"] = static_policy(response)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
