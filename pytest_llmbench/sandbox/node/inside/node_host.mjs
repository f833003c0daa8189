// Runs in the sandbox: loads an answer and serves the judge's calls, one at a time.
//
// A message is a JSON array, its second element an id that the reply repeats:
//
//   ["load", id, version, code, harness | null]     answered by "ok" or "raised"
//   ["call", id, name, [argument, ..]]              answered by "ok" or "raised"
//   ["request", id, port, {method, path, headers, body}]   answered by "response" or "raised"
//
//   ["ok", id, value, [argument afterwards, ..], index of the argument it gave back | null, effects]
//   ["response", id, status, [[header, value], ..], body, effects]
//   ["raised", id, type name, message]
//   ["exited", id | null, message]    the process is about to end, and why
//
// Effects are [rejections that nobody has handled since the last effects, CPU seconds of this call].
// Whatever the answer prints goes to standard error, since standard output is that too here.

import { apply, cpuUsage, exit, hasOwn, immediate, NativePromise, quoted } from "./builtins.mjs";
import { load } from "./answer.mjs";
import { revive } from "./decode.mjs";
import { encode } from "./encode.mjs";
import { describeThrown, Failure } from "./names.mjs";
import { listen, send } from "./pipe.mjs";
import { ask } from "./requests.mjs";

const VERSION = 1;
const MAX_REPLY = 15 * 1024 * 1024;
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

/** What happened beside the result; waits until Node has noticed the rejections that nobody handles. */
async function effects(usedSeconds) {
  await new NativePromise((resolve) => immediate(resolve));
  const found = rejections;
  rejections = [];
  return `[${encode(found, MAX_REPLY)},${usedSeconds}]`;
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
    return `["ok",${id},null,[],null,${await effects(cpuSeconds())}]`;
  },

  async call(id, name, payload) {
    const passed = revive(payload);
    const since = cpuSeconds();
    const value = await apply(find(name), undefined, passed);
    const used = cpuSeconds() - since;
    const text = encode(value, MAX_REPLY);
    const afterwards = encode(passed, MAX_REPLY - text.length);
    return `["ok",${id},${text},${afterwards},${indexOfSame(passed, value)},${await effects(used)}]`;
  },

  async request(id, port, payload) {
    const since = cpuSeconds();
    const { status, headers, body } = await ask(port, revive(payload));
    const used = cpuSeconds() - since;
    const texts = [encode(status, MAX_REPLY), encode(headers, MAX_REPLY), encode(body, MAX_REPLY)];
    return `["response",${id},${texts[0]},${texts[1]},${texts[2]},${await effects(used)}]`;
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
  if (rejections.length < MAX_REJECTIONS) rejections[rejections.length] = describeThrown(reason);
});

process.on("uncaughtExceptionMonitor", (thrown) => {
  uncaught = describeThrown(thrown);
});

function reportExit(code) {
  const why = uncaught === null ? `it exited with code ${code}` : `uncaught ${uncaught[0]}: ${uncaught[1]}`;
  send(`["exited",${currentId},${quoted(why)}]`);
}

process.on("exit", reportExit);

listen(receive, () => {
  process.removeListener("exit", reportExit);
  exit(0);
});
