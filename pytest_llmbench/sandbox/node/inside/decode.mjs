// Text as values, from the judge, which sends nothing that JavaScript cannot hold exactly.

import {
  Big,
  bufferFrom,
  defineProperty,
  hasOwn,
  isArray,
  mapSet,
  namedErrors,
  NativeDate,
  NativeError,
  NativeMap,
  NativeSet,
  NativeUint8Array,
  Numeric,
  part,
  setAdd,
} from "./builtins.mjs";

const FLOATS = { __proto__: null, nan: NaN, inf: Infinity, "-inf": -Infinity, "-0.0": -0 };

function bigFrom(digits) {
  return digits[0] === "-" ? -Big(part(digits, 1)) : Big(digits);
}

function setOwn(object, key, value) {
  // An assignment would run setters, that of __proto__ for one.
  defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

// Containers are made empty, put where they belong, and filled later: values may be nested deeper than calls.
const fill = {
  __proto__: null,

  array(array, payload, pending) {
    for (let index = 0; index < payload.length; index += 1) setOwn(array, index, begin(payload[index], pending));
  },

  set(set, payload, pending) {
    for (let index = 0; index < payload.length; index += 1) setAdd(set, begin(payload[index], pending));
  },

  map(map, payload, pending) {
    for (let index = 0; index < payload.length; index += 1) {
      mapSet(map, begin(payload[index][0], pending), begin(payload[index][1], pending));
    }
  },

  object(object, payload, pending) {
    for (let index = 0; index < payload.length; index += 1) {
      setOwn(object, payload[index][0], begin(payload[index][1], pending));
    }
  },
};

const containers = {
  __proto__: null,
  dict: () => [{}, fill.object],
  tuple: () => [[], fill.array],
  set: () => [new NativeSet(), fill.set],
  frozenset: () => [new NativeSet(), fill.set],
  map: () => [new NativeMap(), fill.map],
};

function errorFrom(payload) {
  const name = payload[0];
  const message = payload[1];
  if (hasOwn(namedErrors, name)) return new namedErrors[name](message);
  const error = new NativeError(message);
  defineProperty(error, "name", { __proto__: null, value: name, writable: true, enumerable: false, configurable: true });
  return error;
}

const scalars = {
  __proto__: null,
  int: (digits) => Numeric(bigFrom(digits)),
  float: (text) => FLOATS[text],
  bytes: (text) => new NativeUint8Array(bufferFrom(text, "base64")),
  undefined: () => undefined,
  bigint: bigFrom,
  date: (time) => new NativeDate(time === null ? NaN : time),
  error: errorFrom,
};

/** The value that a piece of JSON stands for; a container is still empty, and noted in `pending`. */
function begin(json, pending) {
  if (typeof json !== "object" || json === null) return json;
  if (!isArray(json) && scalars[json.$] !== undefined) return scalars[json.$](json.v);
  const made = isArray(json) ? [[], fill.array] : containers[json.$]();
  pending[pending.length] = { value: made[0], fill: made[1], payload: isArray(json) ? json : json.v };
  return made[0];
}

/** The value that a piece of parsed JSON with tags stands for. */
export function revive(json) {
  const pending = [];
  const value = begin(json, pending);
  while (pending.length > 0) {
    const job = pending[pending.length - 1];
    pending.length -= 1;
    job.fill(job.value, job.payload, pending);
  }
  return value;
}
