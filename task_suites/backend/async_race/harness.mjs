// A network in miniature: a fetch whose replies are given, and calls of the answer over it.
//
// Time is counted in turns of the event loop, so that what arrives first is not a matter of the machine's
// speed. Nothing in here knows which outcome is right.

import * as answer from "./answer.mjs";

const IDLE_TURNS = 200;
const PATIENCE_MS = 2000;

function turn() {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A response as small as fetch's own ones allow: it can be read once. */
function plainResponse({ status, body }) {
  let used = false;
  const text = async () => {
    if (used) throw new TypeError("Body is unusable: Body has already been read");
    used = true;
    return body;
  };
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: "",
    headers: new Headers({ "content-type": "application/json" }),
    text,
    json: async () => JSON.parse(await text()),
  };
}

function realResponse({ status, body }) {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

class Network {
  #replies;
  #respond;
  open = 0;
  peak = 0;
  asked = 0;

  constructor({ kind, replies }) {
    this.#respond = kind === "real" ? realResponse : plainResponse;
    this.#replies = new Map(replies.map(([id, reply]) => [String(id), reply]));
  }

  fetch = async (input) => {
    const path = decodeURIComponent(String(input?.url ?? input));
    const id = /\/api\/reports\/([^/?#]*)$/.exec(path)?.[1];
    const reply = this.#replies.get(id) ?? { status: 404, body: '{"error": "no such report"}', turns: 0 };
    this.asked += 1;
    this.open += 1;
    if (this.open > this.peak) this.peak = this.open;
    try {
      for (let passed = 0; passed < reply.turns; passed += 1) await turn();
      if (reply.broken) throw new TypeError("fetch failed");
      return this.#respond(reply);
    } finally {
      this.open -= 1;
    }
  };
}

/** Whether anything can still come: a reply, or a timer of the answer's own. */
function isBusy(network) {
  return network.open > 0 || process.getActiveResourcesInfo().includes("Timeout");
}

/** What became of a call: "fulfilled" with a value, "rejected", or "pending" when nothing more can come. */
async function outcome(call, network) {
  let found;
  call.then(
    (value) => {
      found = { state: "fulfilled", value };
    },
    (error) => {
      found = { state: "rejected", error: String(error?.message ?? error) };
    },
  );
  const started = performance.now();
  for (let idle = 0; found === undefined && idle < IDLE_TURNS; idle += 1) {
    await turn();
    if (isBusy(network) && performance.now() - started < PATIENCE_MS) idle = 0;
  }
  return found ?? { state: "pending" };
}

async function start([name, ...args], network) {
  return answer[name](network.fetch, ...args);
}

/**
 * Begin all calls in the same turn of the event loop, and tell what became of each.
 *
 * @param {{kind: string, replies: [unknown, {status, body, turns, broken}][]}} plan - one reply per id
 * @param {[string, unknown][]} calls - the names of functions, each with its further argument
 */
export async function run(plan, calls) {
  const network = new Network(plan);
  const outcomes = await Promise.all(calls.map((call) => outcome(start(call, network), network)));
  while (network.open > 0) await turn();
  return { outcomes, peak: network.peak, asked: network.asked };
}
