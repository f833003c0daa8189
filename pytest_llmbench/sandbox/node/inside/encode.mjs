// Values as text, towards the judge. Exact built-in types are written as what they are; whatever could
// run code of the answer when it is looked at, or pretends to be something, is opaque.

import {
  apply,
  bigText,
  bufferFrom,
  bufferText,
  byteLength,
  dateTime,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isArray,
  isInteger,
  isSafeInteger,
  kinds,
  mapEntries,
  mapNext,
  NativeSet,
  NativeUint8Array,
  ownKeys,
  part,
  prototypes,
  quoted,
  sameValue,
  setAdd,
  setDelete,
  setHas,
  setNext,
  setValues,
} from "./builtins.mjs";
import { describeError, Failure, typeName } from "./names.mjs";

const MAX_DEPTH = 2000;
const UNDEFINED = '{"$":"undefined","v":null}';

function tagged(tag, payload) {
  return `{"$":"${tag}","v":${payload}}`;
}

function opaque(name) {
  return tagged("opaque", quoted(name));
}

function numberText(value) {
  if (isSafeInteger(value)) return sameValue(value, -0) ? tagged("float", '"-0.0"') : `${value}`;
  if (value !== value) return tagged("float", '"nan"');
  if (value === Infinity) return tagged("float", '"inf"');
  if (value === -Infinity) return tagged("float", '"-inf"');
  // Digits alone would be read as a whole number, but the last of them are rounded: 2 ** 60 ends in 000.
  return isInteger(value) && value < 1e21 && value > -1e21 ? `${value}.0` : `${value}`;
}

function bigintText(value) {
  const digits = bigText(value, 16);
  return tagged("bigint", digits[0] === "-" ? `"-0x${part(digits, 1)}"` : `"0x${digits}"`);
}

function primitiveText(value) {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      return numberText(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return UNDEFINED;
    case "bigint":
      return bigintText(value);
    default:
      return opaque(typeName(value));
  }
}

function dateText(value) {
  const time = dateTime(value);
  return tagged("date", time === time ? `${time}` : "null");
}

function bytesText(bytes) {
  return tagged("bytes", `"${bufferText(bufferFrom(bytes), "base64")}"`);
}

/** The text of an object that has no parts; null for one that has. */
function leafText(value, prototype) {
  if (kinds.isProxy(value)) return opaque("Proxy");
  const error = describeError(value);
  if (error !== null) return tagged("error", `[${quoted(error[0])},${quoted(error[1])}]`);
  if (kinds.isDate(value)) return prototype === prototypes.date ? dateText(value) : null;
  if (kinds.isUint8Array(value)) {
    return prototype === prototypes.bytes || prototype === prototypes.buffer ? bytesText(value) : null;
  }
  if (kinds.isArrayBuffer(value)) {
    return prototype === prototypes.arrayBuffer ? bytesText(new NativeUint8Array(value)) : null;
  }
  return null;
}

// Objects that have inner state, and whose prototype can be set to that of a plain object.
const EXOTIC = [
  "isArgumentsObject", "isArrayBufferView", "isAnyArrayBuffer", "isBoxedPrimitive", "isDate", "isExternal",
  "isGeneratorObject", "isMap", "isMapIterator", "isModuleNamespaceObject", "isPromise", "isRegExp", "isSet",
  "isSetIterator", "isWeakMap", "isWeakSet",
].map((name) => kinds[name]);

function isPlain(value, prototype) {
  if (prototype !== prototypes.object && prototype !== null) return false;
  for (let index = 0; index < EXOTIC.length; index += 1) if (EXOTIC[index](value)) return false;
  return true;
}

function propertyText(writer, found) {
  if (found === undefined) return writer.text(undefined);
  return hasOwn(found, "value") ? writer.text(found.value) : opaque("getter");
}

class Writer {
  constructor(limit) {
    this.left = limit;
    this.depth = 0;
    this.inSet = 0;
    this.open = new NativeSet();
  }

  /** Count the bytes of a piece of text that is about to become part of the whole. */
  counted(text) {
    this.left -= byteLength(text) + 1;
    if (this.left < 0) throw new Failure("RangeError", "the result is too large");
    return text;
  }

  text(value) {
    if (typeof value !== "object") return this.counted(primitiveText(value));
    if (value === null) return this.counted("null");
    const prototype = kinds.isProxy(value) ? null : getPrototypeOf(value);
    const leaf = leafText(value, prototype);
    if (leaf !== null) return this.counted(leaf);
    const write = this.container(value, prototype);
    if (write === null || this.depth >= MAX_DEPTH || setHas(this.open, value)) {
      return this.counted(opaque(typeName(value)));
    }
    return this.nested(write, value);
  }

  container(value, prototype) {
    if (isArray(value)) return prototype === prototypes.array ? this.arrayText : null;
    if (kinds.isSet(value)) return prototype === prototypes.set ? this.setText : null;
    // Inside a set, what the judge cannot put into one either is opaque.
    if (this.inSet > 0) return null;
    if (kinds.isMap(value)) return prototype === prototypes.map ? this.mapText : null;
    return isPlain(value, prototype) ? this.objectText : null;
  }

  nested(write, value) {
    setAdd(this.open, value);
    this.depth += 1;
    this.counted('{"$":"frozenset","v":[]}');
    const text = apply(write, this, [value]);
    this.depth -= 1;
    setDelete(this.open, value);
    return text;
  }

  arrayText(array) {
    const { length } = array;
    let elements = "";
    for (let index = 0; index < length; index += 1) {
      if (index > 0) elements += ",";
      elements += propertyText(this, getOwnPropertyDescriptor(array, index));
    }
    return this.inSet > 0 ? tagged("tuple", `[${elements}]`) : `[${elements}]`;
  }

  setText(set) {
    const values = setValues(set);
    const tag = this.inSet > 0 ? "frozenset" : "set";
    let elements = "";
    this.inSet += 1;
    for (let step = setNext(values); !step.done; step = setNext(values)) {
      elements += (elements && ",") + this.text(step.value);
    }
    this.inSet -= 1;
    return tagged(tag, `[${elements}]`);
  }

  mapText(map) {
    const entries = mapEntries(map);
    let pairs = "";
    for (let step = mapNext(entries); !step.done; step = mapNext(entries)) {
      pairs += `${pairs && ","}[${this.text(step.value[0])},${this.text(step.value[1])}]`;
    }
    return tagged("map", `[${pairs}]`);
  }

  objectText(object) {
    const keys = ownKeys(object);
    let pairs = "";
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index];
      const found = typeof key === "string" ? getOwnPropertyDescriptor(object, key) : undefined;
      if (found?.enumerable) {
        pairs += `${pairs && ","}[${this.counted(quoted(key))},${propertyText(this, found)}]`;
      }
    }
    return tagged("dict", `[${pairs}]`);
  }
}

/**
 * The texts of several values.
 *
 * @param {unknown[]} values - any values
 * @param {number} limit - the most bytes that the texts may have together; a Failure is thrown beyond
 */
export function encode(values, limit) {
  const writer = new Writer(limit);
  const texts = [];
  for (let index = 0; index < values.length; index += 1) texts[index] = writer.text(values[index]);
  return texts;
}
