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

function arrayFrom(payload) {
  // The elements are there already, so that an assignment meets no setter.
  for (let index = 0; index < payload.length; index += 1) payload[index] = revive(payload[index]);
  return payload;
}

function setFrom(payload) {
  const set = new NativeSet();
  for (let index = 0; index < payload.length; index += 1) setAdd(set, revive(payload[index]));
  return set;
}

function mapFrom(payload) {
  const map = new NativeMap();
  for (let index = 0; index < payload.length; index += 1) {
    mapSet(map, revive(payload[index][0]), revive(payload[index][1]));
  }
  return map;
}

function objectFrom(payload) {
  const object = {};
  for (let index = 0; index < payload.length; index += 1) {
    setOwn(object, payload[index][0], revive(payload[index][1]));
  }
  return object;
}

function errorFrom(payload) {
  const name = payload[0];
  const message = payload[1];
  if (hasOwn(namedErrors, name)) return new namedErrors[name](message);
  const error = new NativeError(message);
  defineProperty(error, "name", { __proto__: null, value: name, writable: true, enumerable: false, configurable: true });
  return error;
}

const TAGS = {
  __proto__: null,
  int: (digits) => Numeric(bigFrom(digits)),
  float: (text) => FLOATS[text],
  dict: objectFrom,
  tuple: arrayFrom,
  set: setFrom,
  frozenset: setFrom,
  bytes: (text) => new NativeUint8Array(bufferFrom(text, "base64")),
  undefined: () => undefined,
  map: mapFrom,
  bigint: bigFrom,
  date: (time) => new NativeDate(time === null ? NaN : time),
  error: errorFrom,
};

/** The value that a piece of parsed JSON with tags stands for. */
export function revive(json) {
  if (typeof json !== "object" || json === null) return json;
  if (isArray(json)) return arrayFrom(json);
  return TAGS[json.$](json.v);
}
