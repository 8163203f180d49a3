// A browser for client.js that a test holds in its hands: time stands still until it is told to move,
// chance is what the test says, and the other end of each line is the test.

export class Line extends EventTarget {
  said = [];
  closed = false;
  constructor(address) {
    super();
    this.address = address;
    this.constructor.all.push(this);
    if (this.constructor.throws) throw new Error("blocked");
  }
  send(text) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hear(...messages) {
    this.onmessage({ data: JSON.stringify(messages) });
  }
  end(code = 1006) {
    this.closed = true;
    (this.onclose ?? this.onerror)({ code });
  }
}

export function makeWorld(options = {}) {
  const chance = [...(options.chance ?? [])];
  const timers = new Set();
  const world = {
    now: 0,
    WebSocket: class extends Line { static all = []; },
    EventSource: class extends Line { static all = []; },
    document: Object.assign(new EventTarget(), { hidden: false, baseURI: "http://house.test/a/page/" }),
    window: new EventTarget(),
    isOnline: true,
    online: () => world.isOnline,
    random: () => chance.shift() ?? 1,
    posted: [],
    fetch: async (address, given) => world.posted.push({ address, ...given }),
    after(ms, call) {
      const timer = { at: world.now + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    /** Let so many ms pass; what falls due is called in its order. */
    async pass(ms) {
      const end = world.now + ms;
      for (;;) {
        await 0;
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        world.now = due.at;
        due.call();
      }
      world.now = end;
    },
    look(hidden) {
      world.document.hidden = hidden;
      world.document.dispatchEvent(new Event("visibilitychange"));
    },
    get sockets() {
      return world.WebSocket.all;
    },
    get streams() {
      return world.EventSource?.all;
    },
  };
  return world;
}

/** A client in such a world, in one room whose doings are written down. */
export function makeScene(Connection, options = {}) {
  const world = makeWorld(options);
  const line = new Connection(world);
  const states = [], heard = [];
  line.watch((state) => states.push(state));
  const listener = {
    snapshot: (data) => heard.push(["snapshot", data]),
    event: (kind, data, { offset }) => heard.push([offset, kind]),
    transient: (kind) => heard.push(["transient", kind]),
    presence: ({ count, people }) => heard.push(["presence", count, people.map(({ person }) => person)]),
    gone: (why) => heard.push(["gone", why]),
  };
  line.join("book.42", listener);
  const event = (offset, room = "book.42") => ({ is: "event", room, offset, kind: `e${offset}`, at: "", data: {} });
  const joined = (offset, more = {}) => ({ is: "joined", room: "book.42", epoch: "A", offset, recovered: false, snapshot: { at: offset }, ...more });
  const caught = (offset, ...offsets) => joined(offset, { recovered: true, events: offsets.map((n) => event(n)), snapshot: undefined });
  const welcome = { is: "welcome", connection: "c", instance: "i", signed_in: true };
  /** Open the newest socket, and answer its join. */
  const open = async (...messages) => {
    const socket = world.sockets.at(-1);
    socket.hear(welcome);
    await world.pass(0);
    if (messages.length) socket.hear(...messages);
    return socket;
  };
  return { world, line, states, heard, event, joined, caught, welcome, open };
}
