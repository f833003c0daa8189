// Values as text, towards the judge. Exact built-in types are written as what they are; whatever could
// run code of the answer when it is looked at, or pretends to be something, is opaque.

import {
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
const STRUCTURE = 16;
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

/** The text of an object that has no parts; null for one that may have. */
function leafText(value) {
  if (kinds.isProxy(value)) return opaque("Proxy");
  const error = describeError(value);
  if (error !== null) return tagged("error", `[${quoted(error[0])},${quoted(error[1])}]`);
  const prototype = getPrototypeOf(value);
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
  "isArgumentsObject", "isArrayBufferView", "isAnyArrayBuffer", "isBoxedPrimitive", "isDate",
  "isGeneratorObject", "isMap", "isMapIterator", "isModuleNamespaceObject", "isPromise", "isRegExp", "isSet",
  "isSetIterator", "isWeakMap", "isWeakSet",
].map((name) => kinds[name]);

function isPlain(value, prototype) {
  if (prototype !== prototypes.object && prototype !== null) return false;
  for (let index = 0; index < EXOTIC.length; index += 1) if (EXOTIC[index](value)) return false;
  return true;
}

// A cursor goes through the parts of a container: `open` and `close` are the text around them, `step` adds
// the text before the next part and puts that part into `writer.part`, or returns false behind the last.

/** Stands for a property that is a getter: to read it would run code of the answer. */
const GETTER = { __proto__: null };

function partOf(found) {
  if (found === undefined) return undefined;
  return hasOwn(found, "value") ? found.value : GETTER;
}

class ArrayCursor {
  constructor(array, inSet) {
    this.array = array;
    this.index = 0;
    this.open = inSet ? '{"$":"tuple","v":[' : "[";
    this.close = inSet ? "]}" : "]";
  }

  step(writer) {
    if (this.index >= this.array.length) return false;
    if (this.index > 0) writer.text += ",";
    writer.part = partOf(getOwnPropertyDescriptor(this.array, this.index));
    this.index += 1;
    return true;
  }
}

class SetCursor {
  constructor(set, inSet) {
    this.values = setValues(set);
    this.separator = "";
    this.open = inSet ? '{"$":"frozenset","v":[' : '{"$":"set","v":[';
    this.close = "]}";
    this.isSet = true;
  }

  step(writer) {
    const found = setNext(this.values);
    if (found.done) return false;
    writer.text += this.separator;
    writer.part = found.value;
    this.separator = ",";
    return true;
  }
}

class MapCursor {
  constructor(map) {
    this.entries = mapEntries(map);
    this.before = "[";
    this.entry = null;
    this.open = '{"$":"map","v":[';
    this.close = "]}";
  }

  step(writer) {
    if (this.entry !== null) {
      writer.text += ",";
      writer.part = this.entry[1];
      this.entry = null;
      return true;
    }
    const found = mapNext(this.entries);
    if (found.done) {
      if (this.before !== "[") this.close = "]]}";
      return false;
    }
    writer.text += this.before;
    writer.part = found.value[0];
    this.entry = found.value;
    this.before = "],[";
    return true;
  }
}

class ObjectCursor {
  constructor(object) {
    this.object = object;
    this.keys = ownKeys(object);
    this.index = 0;
    this.before = "[";
    this.open = '{"$":"dict","v":[';
    this.close = "]}";
  }

  step(writer) {
    while (this.index < this.keys.length) {
      const key = this.keys[this.index];
      this.index += 1;
      const found = typeof key === "string" ? getOwnPropertyDescriptor(this.object, key) : undefined;
      if (found?.enumerable) {
        writer.text += `${this.before}${writer.counted(quoted(key))},`;
        writer.part = partOf(found);
        this.before = "],[";
        this.close = "]]}";
        return true;
      }
    }
    return false;
  }
}

function cursorOf(value, inSet) {
  if (kinds.isProxy(value)) return null;
  const prototype = getPrototypeOf(value);
  if (isArray(value)) return prototype === prototypes.array ? new ArrayCursor(value, inSet) : null;
  if (kinds.isSet(value)) return prototype === prototypes.set ? new SetCursor(value, inSet) : null;
  // Inside a set, what the judge cannot put into one either is opaque.
  if (inSet) return null;
  if (kinds.isMap(value)) return prototype === prototypes.map ? new MapCursor(value) : null;
  return isPlain(value, prototype) ? new ObjectCursor(value) : null;
}

/** Writes one value after the other. It does not recurse: values may be nested deeper than calls. */
class Writer {
  constructor(limit) {
    this.left = limit;
    this.sets = 0;
    this.active = new NativeSet();
  }

  /** Count the bytes of a piece of text that is about to become part of the whole. */
  counted(text) {
    this.left -= byteLength(text) + STRUCTURE;
    if (this.left < 0) throw new Failure("RangeError", "the result is too large");
    return text;
  }

  write(value) {
    const stack = [];
    this.text = "";
    this.part = value;
    for (;;) {
      this.begin(stack);
      let top = stack.length - 1;
      while (top >= 0 && !stack[top].step(this)) {
        this.end(stack[top]);
        stack.length = top;
        top -= 1;
      }
      if (top < 0) return this.text;
    }
  }

  /** Write the part at hand, or the beginning of it where it has parts itself. */
  begin(stack) {
    const value = this.part;
    const leaf = this.leaf(value);
    if (leaf !== null) {
      this.text += this.counted(leaf);
      return;
    }
    const isNew = stack.length < MAX_DEPTH && !setHas(this.active, value);
    const cursor = isNew ? cursorOf(value, this.sets > 0) : null;
    if (cursor === null) {
      this.text += this.counted(opaque(typeName(value)));
      return;
    }
    this.text += this.counted(cursor.open);
    setAdd(this.active, value);
    cursor.value = value;
    if (cursor.isSet) this.sets += 1;
    stack[stack.length] = cursor;
  }

  end(cursor) {
    this.text += cursor.close;
    setDelete(this.active, cursor.value);
    if (cursor.isSet) this.sets -= 1;
  }

  leaf(value) {
    if (typeof value !== "object") return primitiveText(value);
    if (value === null) return "null";
    return value === GETTER ? opaque("getter") : leafText(value);
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
  for (let index = 0; index < values.length; index += 1) texts[index] = writer.write(values[index]);
  return texts;
}
