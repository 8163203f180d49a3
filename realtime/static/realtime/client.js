/**
 * A page's one connection to the rooms of a house: a WebSocket, or server-sent events where none can
 * be opened. What is said over it stands in docs/realtime/protocol.md.
 *
 *   const { connection } = await import(address);
 *   const line = connection();
 *   line.watch((state) => …);          // "idle", "connecting", "open", "reconnecting", "offline",
 *                                      // "asleep" or "closed"
 *   line.join("book.42", {
 *     snapshot(data) {},               // how things stand; events of before are part of it
 *     event(kind, data, { offset, at }) {},
 *     transient(kind, data) {},
 *     presence({ count, people }) {},
 *     gone(why) {},                    // refused, or no longer allowed
 *   });
 *   line.say("book.42", "writing", {});
 *   line.leave("book.42");
 *
 * Every event of a room reaches the page once and in order, whatever happens to the line: the client
 * knows its position (epoch and offset), asks for what came after it, and where the server no longer
 * has that, the page gets a snapshot instead. Nothing is opened before the first room is joined.
 */

// On the page's own host.
const SOCKET = "/realtime/", EVENTS = "/realtime/events/", SAY = "/realtime/say/";

// Times in ms.
const FIRST_WAIT = 3_000; // a restarted server gets its clients back within so long, spread evenly
const LONGEST_WAIT = 30_000;
const OPENS_WITHIN = 8_000; // a proxy that swallows WebSockets may answer nothing at all
const QUIET_FOR = 30_000; // then the server is asked whether it is there
const ANSWERS_WITHIN = 10_000;
const STREAM_QUIET_FOR = 45_000; // the server writes to a stream at least twice in this time
const SOCKET_AGAIN = 5 * 60_000; // how long a stream serves before a socket is tried again
const HIDDEN_FOR = 5 * 60_000; // a tab that nobody looks at lets the machine sleep

const STUBBORN = 3; // sockets that fail in a row, before one that once worked is given up
const staysAway = (code) => code === 1009 || (code >= 4400 && code <= 4999);

/** What the client needs of a browser; tests bring their own. */
const browser = () => ({
  WebSocket: globalThis.WebSocket,
  EventSource: globalThis.EventSource,
  fetch: (...given) => fetch(...given),
  document,
  window,
  online: () => navigator.onLine,
  random: Math.random,
  /** Call later; gives how to call it off. */
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
});

let shared;

/** Give the page's connection: all its scripts share one. */
export const connection = () => (shared ??= new Connection());

export class Connection {
  #world;
  #rooms = new Map();
  #watchers = new Set();
  #state = "idle";
  #line = null; // the socket or stream that counts
  #trial = null; // a socket that is tried while a stream serves
  #attempt = 0; // since a room was last joined
  #failed = 0; // sockets in a row that never opened
  #worked = false; // has a socket ever opened here?
  #streams = false; // is the next line a stream?
  #timers = {};
  #asking = new Set(); // rooms to ask for when this turn of the loop ends

  constructor(world = {}) {
    this.#world = { ...browser(), ...world };
    const { document, window } = this.#world;
    document.addEventListener("visibilitychange", () => this.#looked(document.hidden));
    // An open socket would keep the page out of the cache for going back.
    window.addEventListener("pagehide", () => this.#sleep());
    window.addEventListener("pageshow", () => document.hidden || this.#wake());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#line?.open && this.#probe());
    this.#looked(document.hidden);
  }

  get state() {
    return this.#state;
  }

  /** Have ``watcher`` called with the state, now and whenever it changes. */
  watch(watcher) {
    this.#watchers.add(watcher);
    watcher(this.#state);
  }

  /** Listen to a room. ``quiet``: without being counted among those who are there. */
  join(name, listener, { quiet = false } = {}) {
    let room = this.#rooms.get(name);
    if (!room) this.#rooms.set(name, (room = { name, quiet, listeners: new Set(), people: new Map() }));
    // Whoever comes later needs the snapshot, too: the room is joined anew.
    if (room.listeners.size) room.epoch = undefined;
    room.quiet &&= quiet;
    room.listeners.add(listener);
    this.#ask(room);
    if (this.#state === "idle") this.#open();
  }

  /** Listen no longer; without ``listener`` nobody on this page does. */
  leave(name, listener) {
    const room = this.#rooms.get(name);
    const knows = !listener || room?.listeners.delete(listener);
    if (!room || !knows || (listener && room.listeners.size)) return;
    this.#rooms.delete(name);
    if (!this.#rooms.size) this.#rest();
    else if (this.#line?.reads) this.#reopen();
    else if (this.#line?.open) this.#line.send({ do: "leave", rooms: [name] });
  }

  /** Say something that need not last; gives whether it could be sent. */
  say(room, kind, data = {}) {
    const line = this.#line;
    if (!line?.open || !this.#rooms.get(room)?.here) return false;
    const said = { do: "say", room, kind, data };
    if (!line.reads) line.send(said);
    else {
      const headers = { "Content-Type": "application/json" };
      this.#world.fetch(SAY, { method: "POST", body: JSON.stringify(said), headers }).catch(() => {});
    }
    return true;
  }

  // --- The line: opening, losing, coming back ---

  #open() {
    this.#clear("again", "opening");
    if (!this.#rooms.size || this.#state === "closed") return;
    this.#become(this.#state === "idle" || this.#state === "connecting" ? "connecting" : this.#notWell());
    const line = (this.#line = this.#streams ? this.#stream() : this.#socket());
    this.#later("opening", OPENS_WITHIN, () => this.#lost(line));
  }

  #socket() {
    const address = new URL(SOCKET, this.#world.document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    // The members of a room may be led to one instance.
    address.searchParams.set("room", this.#rooms.keys().next().value);
    const line = { open: false, reads: false, send: (said) => socket.send(JSON.stringify(said)), close: () => socket?.close() };
    let socket;
    try {
      socket = new this.#world.WebSocket(address.href);
      socket.onmessage = ({ data }) => this.#heard(line, data);
      socket.onclose = ({ code }) => this.#lost(line, code);
    } catch {
      this.#later("failed", 0, () => this.#lost(line));
    }
    return line;
  }

  #stream() {
    const address = new URL(EVENTS, this.#world.document.baseURI);
    this.#asking.clear();
    address.searchParams.set("join", JSON.stringify([...this.#rooms.values()].map(request)));
    const stream = new this.#world.EventSource(address.href);
    const line = { open: false, reads: true, send() {}, close: () => stream.close() };
    stream.onmessage = ({ data }) => this.#heard(line, data);
    stream.addEventListener("close", ({ data }) => this.#lost(line, JSON.parse(data).code));
    // By itself it would come back at once, and from where it began.
    stream.onerror = () => this.#lost(line);
    return line;
  }

  /** Close the line and open another one: a stream's rooms are fixed when it is opened. */
  #reopen() {
    this.#later("reopening", 0, () => {
      this.#hangUp();
      this.#open();
    });
  }

  #lost(line, code = 1006) {
    line.close();
    if (line === this.#trial) {
      this.#trial = null;
      return this.#trySocketLater();
    }
    if (line !== this.#line) return;
    this.#hangUp();
    if (staysAway(code)) return this.#end();
    if (line.reads) {
      this.#streams = line.open;
    } else if (!line.open && ++this.#failed >= (this.#worked ? STUBBORN : 1) && this.#world.EventSource) {
      this.#failed = 0;
      this.#streams = true;
      return this.#open();
    }
    this.#retry();
  }

  #retry() {
    if (this.#state === "closed" || this.#state === "asleep" || this.#state === "idle") return;
    this.#become(this.#notWell());
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempt++);
    this.#later("again", this.#world.random() * most, () => this.#open());
  }

  /** A browser may call itself offline and still reach a server: the word is only shown. */
  #notWell() {
    return this.#world.online() ? "reconnecting" : "offline";
  }

  #hangUp() {
    this.#trial?.close();
    const line = this.#line;
    this.#line = this.#trial = null;
    line?.close();
    this.#clear(...Object.keys(this.#timers).filter((name) => name !== "hidden"));
    for (const room of this.#rooms.values()) room.here = false;
  }

  /** Nothing is listened to. */
  #rest() {
    this.#hangUp();
    if (this.#state !== "closed") this.#become("idle");
  }

  #end() {
    this.#become("closed");
    for (const room of [...this.#rooms.values()]) this.#drop(room, "closed");
  }

  #trySocketLater() {
    this.#later("trial", SOCKET_AGAIN, () => {
      const line = (this.#trial = this.#socket());
      this.#later("trying", OPENS_WITHIN, () => this.#lost(line));
    });
  }

  // --- Who looks at the page, and is there a network? ---

  #looked(hidden) {
    if (hidden) this.#later("hidden", HIDDEN_FOR, () => this.#sleep());
    else {
      this.#clear("hidden");
      this.#wake();
    }
  }

  #sleep() {
    if (this.#state === "closed" || this.#state === "idle") return;
    this.#hangUp();
    this.#become("asleep");
  }

  #wake() {
    if (this.#state === "idle" || this.#state === "closed") return;
    if (this.#line?.open) this.#probe();
    else if (!this.#line) {
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Ask whether the server is still there; a stream can only be listened to. */
  #probe() {
    const line = this.#line;
    if (line.reads) return;
    line.send({ do: "ping", n: 1 });
    this.#later("answer", ANSWERS_WITHIN, () => this.#lost(line));
  }

  // --- What is heard ---

  #heard(line, text) {
    if (line !== this.#line && line !== this.#trial) return;
    this.#clear("answer");
    const quiet = line.reads ? STREAM_QUIET_FOR : QUIET_FOR;
    this.#later("quiet", quiet, () => (line.reads ? this.#lost(line) : this.#probe()));
    for (const message of JSON.parse(text)) {
      if (message.is === "welcome") this.#welcomed(line, message);
      const room = line === this.#line && this.#rooms.get(message.room);
      if (room) this.#roomHeard(room, message);
    }
  }

  #welcomed(line) {
    if (line === this.#trial) {
      this.#trial = null;
      this.#hangUp();
      this.#line = line;
    }
    this.#clear("opening", "trying", "trial");
    line.open = true;
    this.#streams = line.reads;
    this.#become("open");
    if (line.reads) return this.#trySocketLater();
    this.#worked = true;
    this.#failed = 0;
    for (const room of this.#rooms.values()) this.#ask(room);
  }

  /** Ask for a room, together with the others of this turn. */
  #ask(room) {
    room.here = false;
    if (!this.#line?.open) return; // all are asked for when it opens
    if (this.#line.reads) return this.#reopen();
    if (!this.#asking.size) queueMicrotask(() => this.#askNow());
    this.#asking.add(room);
  }

  #askNow() {
    const asked = [...this.#asking].filter((room) => this.#rooms.has(room.name));
    this.#asking.clear();
    if (asked.length && this.#line?.open) this.#line.send({ do: "join", rooms: asked.map(request) });
  }

  #roomHeard(room, message) {
    switch (message.is) {
      case "joined":
        return this.#joined(room, message);
      case "event":
        return this.#event(room, message);
      case "transient":
        return tell(room, "transient", message.kind, message.data);
      case "presence":
        return present(room, message);
      case "restarted":
        return this.#ask(room);
      case "refused":
      case "left":
        if (message.why !== "unavailable") return this.#drop(room, message.why);
        return this.#later(`ask ${room.name}`, this.#world.random() * LONGEST_WAIT, () => this.#ask(room));
    }
  }

  #joined(room, { epoch, offset, recovered, events = [], snapshot = {} }) {
    this.#attempt = 0;
    room.here = true;
    if (!recovered) {
      Object.assign(room, { epoch, offset });
      return tell(room, "snapshot", snapshot);
    }
    room.epoch ||= epoch; // a room in which nothing had happened yet has no epoch
    if (epoch === room.epoch) for (const event of events) this.#event(room, event);
    if (!room.here || (epoch === room.epoch && room.offset >= offset)) return;
    room.epoch = undefined; // a part is missing: the snapshot has it all
    this.#ask(room);
  }

  #event(room, { offset, kind, data, at, epoch }) {
    // Not joined, or being joined anew: what comes now will come with that.
    if (!room.here || offset <= room.offset) return;
    if (offset > room.offset + 1) return this.#ask(room);
    room.offset = offset;
    room.epoch ||= epoch; // the first event of a room brings it
    tell(room, "event", kind, data, { offset, at });
  }

  #drop(room, why) {
    this.#rooms.delete(room.name);
    tell(room, "gone", why);
    if (!this.#rooms.size) this.#rest();
  }

  // --- States and timers ---

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  #later(name, ms, call) {
    this.#clear(name);
    this.#timers[name] = this.#world.after(ms, () => {
      delete this.#timers[name];
      call();
    });
  }

  #clear(...names) {
    for (const name of names) {
      this.#timers[name]?.();
      delete this.#timers[name];
    }
  }
}

/** What is said to join a room: its name, and where to go on. */
function request({ name: room, quiet, epoch, offset }) {
  return {
    room,
    ...(quiet && { quiet }),
    // Without an epoch, only the place before the first event is one.
    ...(epoch !== undefined && (epoch || !offset) && { since: { epoch, offset } }),
  };
}

/** Keep who is there: all of them first, then who came and who left. Of large rooms only the number
 * is told. */
function present(room, { count, people, came = [], left = [] }) {
  if (people || !(came.length || left.length)) {
    room.people = new Map(people?.map((one) => [one.person, one]));
  }
  for (const one of came) room.people.set(one.person, one);
  for (const one of left) room.people.delete(one.person);
  tell(room, "presence", { count, people: [...room.people.values()] });
}

/** Tell those who listen; one that fails keeps nothing from the others. */
function tell(room, what, ...given) {
  for (const listener of [...room.listeners]) {
    try {
      listener[what]?.(...given);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  }
}
