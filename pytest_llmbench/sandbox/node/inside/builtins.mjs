// The built-in functions as they are before an answer is loaded: answers replace some of them, on purpose
// or for a polyfill, and what the judge is told must not depend on that.

import fs from "node:fs";
import { types } from "node:util";

const { bind, call } = Function.prototype;

/** A method as a function whose first argument is `this`. */
const uncurried = bind.bind(call);

function getter(prototype, name) {
  return uncurried(Object.getOwnPropertyDescriptor(prototype, name).get);
}

export const { apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor, defineProperty } = Reflect;
export const { is: sameValue, hasOwn } = Object;
export const { isArray } = Array;
export const { isInteger, isSafeInteger } = Number;
export const { parse: parseJson, stringify: quoted } = JSON;
export const { writeSync } = fs;
export const { from: bufferFrom, alloc: bufferAlloc, concat: bufferConcat, byteLength } = Buffer;
export const { abort, cpuUsage, exit } = process;
export const Big = BigInt;
export const Numeric = Number;
export const NativeArrayBuffer = ArrayBuffer;
export const NativeDate = Date;
export const NativeError = Error;
export const NativeMap = Map;
export const NativePromise = Promise;
export const NativeSet = Set;
export const NativeUint8Array = Uint8Array;
export const immediate = setImmediate;
export const namedErrors = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

export const kinds = { ...types };
export const prototypes = {
  __proto__: null,
  array: Array.prototype,
  arrayBuffer: ArrayBuffer.prototype,
  buffer: Buffer.prototype,
  bytes: Uint8Array.prototype,
  date: Date.prototype,
  domException: DOMException.prototype,
  map: Map.prototype,
  object: Object.prototype,
  set: Set.prototype,
};

export const bigText = uncurried(BigInt.prototype.toString);
export const dateTime = uncurried(Date.prototype.getTime);
export const bufferText = uncurried(Buffer.prototype.toString);
export const errorMessageOfDom = getter(DOMException.prototype, "message");
export const errorNameOfDom = getter(DOMException.prototype, "name");
export const mapEntries = uncurried(Map.prototype.entries);
export const mapNext = uncurried(getPrototypeOf(new Map().entries()).next);
export const mapSet = uncurried(Map.prototype.set);
export const part = uncurried(String.prototype.slice);
export const readUint32 = uncurried(Buffer.prototype.readUInt32BE);
export const setAdd = uncurried(Set.prototype.add);
export const setDelete = uncurried(Set.prototype.delete);
export const setHas = uncurried(Set.prototype.has);
export const setNext = uncurried(getPrototypeOf(new Set().values()).next);
export const setValues = uncurried(Set.prototype.values);
export const someBytes = uncurried(Buffer.prototype.subarray);
export const writeUint32 = uncurried(Buffer.prototype.writeUInt32BE);
