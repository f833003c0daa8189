// Runs in the sandbox: loads an answer and serves the judge's calls, one at a time.
//
// A message is a JSON array, its second element an id that the reply repeats:
//
//   ["load", id, version, code, harness | null]
//   ["call", id, name, [argument, ..]]
//   ["request", id, port, {method, path, headers: [[name, value], ..], body: bytes | null}]
//
//   ["ok", id, result, [argument afterwards, ..], index of the argument it gave back | null]
//   ["raised", id, type name, message]
//   ["raised", id, "crash", message]     the process is ending
//
// A result is null for a load, [value, [unhandled rejection, ..], CPU seconds] for a call, [status,
// [[header, value], ..], body] for a request. The first message, without being asked, is an "ok" of the
// id "ready". Whatever the answer prints goes to standard error: file 1 is that too here, and the pipes
// to the judge are others.

import { apply, cpuUsage, exit, hasOwn, immediate, NativePromise, quoted } from "./builtins.mjs";
import { load } from "./answer.mjs";
import { revive } from "./decode.mjs";
import { encode } from "./encode.mjs";
import { describeThrown, Failure } from "./names.mjs";
import { listen, send } from "./pipe.mjs";

const VERSION = 1;
const MAX_REPLY = 16 * 1024 * 1024 - 4096;
const MAX_REJECTIONS = 100;

const packages = process.argv[2] ?? "";
let modules = [];
let currentId = null;
let uncaught = null;
let rejections = [];

function find(name) {
  for (let index = 0; index < modules.length; index += 1) {
    if (hasOwn(modules[index], name)) return modules[index][name];
  }
  throw new Failure("ReferenceError", `the answer does not export ${quoted(name)}`);
}

/** CPU seconds of this process so far, all threads. */
function cpuSeconds() {
  const used = cpuUsage();
  return (used.user + used.system) / 1e6;
}

/** A turn of the event loop, in which Node notices the rejections that nobody handles. */
function turn() {
  return new NativePromise((resolve) => immediate(resolve));
}

/** The unhandled rejections since this was asked last. */
function takeRejections() {
  const taken = rejections;
  rejections = [];
  return taken;
}

function indexOfSame(args, value) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return null;
  for (let index = 0; index < args.length; index += 1) if (args[index] === value) return index;
  return null;
}

const serve = {
  __proto__: null,

  async load(id, version, code, harness) {
    if (version !== VERSION) throw new Failure("Error", `the protocol has version ${VERSION}, not ${version}`);
    modules = await load(code, harness, packages);
    return `["ok",${id},null,[],null]`;
  },

  async call(id, name, payload) {
    const passed = revive(payload);
    const since = cpuSeconds();
    const value = await apply(find(name), undefined, passed);
    const used = cpuSeconds() - since;
    const texts = encode([value, passed], MAX_REPLY);
    await turn();
    const result = `[${texts[0]},${encode([takeRejections()], MAX_REPLY)[0]},${used}]`;
    return `["ok",${id},${result},${texts[1]},${indexOfSame(passed, value)}]`;
  },

  async request(id, port, payload) {
    // Only now: to load Node's HTTP takes as long as to start Node.
    const { ask } = await import("./requests.mjs");
    const { status, headers, body } = await ask(port, revive(payload));
    return `["ok",${id},${encode([[status, headers, body]], MAX_REPLY)[0]},[],null]`;
  },
};

async function receive(message) {
  const id = quoted(message[1]);
  currentId = id;
  let reply;
  try {
    reply = await serve[message[0]](id, message[2], message[3], message[4]);
  } catch (thrown) {
    const described = describeThrown(thrown);
    reply = `["raised",${id},${quoted(described[0])},${quoted(described[1])}]`;
  }
  currentId = null;
  send(reply);
}

process.on("unhandledRejection", (reason) => {
  const described = describeThrown(reason);
  if (rejections.length < MAX_REJECTIONS) rejections[rejections.length] = `${described[0]}: ${described[1]}`;
});

process.on("uncaughtExceptionMonitor", (thrown) => {
  uncaught = describeThrown(thrown);
});

function reportExit(code) {
  if (currentId === null) return;
  const why = uncaught === null ? `it exited with code ${code}` : `uncaught ${uncaught[0]}: ${uncaught[1]}`;
  send(`["raised",${currentId},"crash",${quoted(why)}]`);
}

process.on("exit", reportExit);

listen(receive, () => {
  process.removeListener("exit", reportExit);
  exit(0);
});

send('["ok","ready",null,[],null]');
