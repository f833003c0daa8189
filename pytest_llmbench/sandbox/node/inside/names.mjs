// What a value or an error is called, found out without running any code of the answer: no getter, no
// proxy trap, no toString.

import {
  errorMessageOfDom,
  errorNameOfDom,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  kinds,
  part,
  prototypes,
} from "./builtins.mjs";

const MAX_NAME = 200;
const MAX_MESSAGE = 2000;
const MAX_PROTOTYPES = 100;

/** What the host itself cannot do for an answer; thrown as an error of the answer would be. */
export class Failure {
  constructor(name, message) {
    this.name = name;
    this.message = message;
  }
}

/** The plain property of an object or its prototypes; undefined where it is a getter, or not there. */
function plainProperty(object, name) {
  let holder = object;
  for (let step = 0; holder !== null && step < MAX_PROTOTYPES && !kinds.isProxy(holder); step += 1) {
    const found = getOwnPropertyDescriptor(holder, name);
    if (found !== undefined) return hasOwn(found, "value") ? found.value : undefined;
    holder = getPrototypeOf(holder);
  }
  return undefined;
}

function plainText(object, name) {
  const text = plainProperty(object, name);
  return typeof text === "string" ? text : "";
}

function constructorName(object) {
  const constructor = plainProperty(object, "constructor");
  return typeof constructor === "function" && !kinds.isProxy(constructor) ? plainText(constructor, "name") : "";
}

/** The name of a value's type, for one that cannot cross. */
export function typeName(value) {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (kinds.isProxy(value)) return "Proxy";
  return part(constructorName(value) || "Object", 0, MAX_NAME);
}

/** A DOMException's name and message, which are getters of its prototype; null for what only looks like one. */
function domError(value) {
  try {
    return [errorNameOfDom(value), errorMessageOfDom(value)];
  } catch {
    return null;
  }
}

function errorParts(value) {
  if (getPrototypeOf(value) === prototypes.domException) return domError(value);
  return kinds.isNativeError(value) ? nativeError(value) : null;
}

function nativeError(error) {
  // `error.name = "HttpError"` is what its author wants it to be called; else its class is.
  const own = getOwnPropertyDescriptor(error, "name");
  const name = typeof own?.value === "string" ? own.value : constructorName(error);
  return [name || "Error", plainText(error, "message")];
}

/** An error's name and message as an array of two; null for what is no error. */
export function describeError(value) {
  if (typeof value !== "object" || value === null || kinds.isProxy(value)) return null;
  const found = errorParts(value);
  return found && [part(found[0], 0, MAX_NAME), part(found[1], 0, MAX_MESSAGE)];
}

/** What was thrown, an error or not, as a name and a message. */
export function describeThrown(value) {
  const error = describeError(value);
  if (error !== null) return error;
  if (!kinds.isProxy(value) && value instanceof Failure) return [value.name, value.message];
  const shown = typeof value === "string" ? value : `a value of type ${typeName(value)}`;
  return ["non-error throw", part(shown, 0, MAX_MESSAGE)];
}
