// HTTP for the judge, which is outside and cannot reach the sandbox's loopback.

import { request as httpRequest } from "node:http";

import { bufferConcat, NativePromise } from "./builtins.mjs";
import { Failure } from "./names.mjs";

const MAX_BODY = 8 * 1024 * 1024;

function pairs(rawHeaders) {
  const found = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    found[found.length] = [rawHeaders[index], rawHeaders[index + 1]];
  }
  return found;
}

function collect(response, resolve, fail) {
  const chunks = [];
  let size = 0;
  response.on("data", (chunk) => {
    size += chunk.length;
    chunks[chunks.length] = chunk;
    if (size > MAX_BODY) response.destroy(new Failure("RangeError", `a body of more than ${MAX_BODY} bytes`));
  });
  response.on("error", fail);
  response.on("end", () => {
    resolve({ status: response.statusCode, headers: pairs(response.rawHeaders), body: bufferConcat(chunks) });
  });
}

/**
 * Ask a server on the sandbox's loopback.
 *
 * @param {number} port
 * @param {{method: string, path: string, headers: string[][], body: Uint8Array | null}} request
 * @returns a promise of {status, headers, body}; it fails with a Failure
 */
export function ask(port, { method, path, headers, body }) {
  return new NativePromise((resolve, reject) => {
    const fail = (error) => reject(new Failure(error.code ?? error.name, error.message));
    const options = { host: "127.0.0.1", port, method, path, agent: false };
    const request = httpRequest(options, (response) => collect(response, resolve, fail));
    request.on("error", fail);
    for (let index = 0; index < headers.length; index += 1) request.setHeader(headers[index][0], headers[index][1]);
    request.end(body ?? undefined);
  });
}
