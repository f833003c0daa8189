// The private pipes to the judge. A frame is a length in four bytes, then JSON in UTF-8.

import net from "node:net";

import {
  abort,
  bufferAlloc,
  bufferConcat,
  bufferFrom,
  bufferText,
  parseJson,
  readUint32,
  someBytes,
  writeSync,
  writeUint32,
} from "./builtins.mjs";

const INPUT = 3;
const OUTPUT = 4;
const HEAD = 4;

/** Write a frame, and wait until it is written: the process may be ended right behind. */
export function send(text) {
  const body = bufferFrom(text, "utf8");
  const head = bufferAlloc(HEAD);
  writeUint32(head, body.length, 0);
  let rest = bufferConcat([head, body]);
  try {
    while (rest.length > 0) rest = someBytes(rest, writeSync(OUTPUT, rest, 0, rest.length));
  } catch {
    // Nobody can be told any more: the judge is gone, or the answer has closed the pipe.
    abort();
  }
}

/** Call `receive` with each message of the judge, and `ended` when it has closed the pipe. */
export function listen(receive, ended) {
  const chunks = [];
  let size = 0;
  const socket = new net.Socket({ fd: INPUT, readable: true, writable: false });
  socket.on("data", (chunk) => {
    chunks[chunks.length] = chunk;
    size += chunk.length;
    if (size < HEAD || size < needed(chunks)) return;
    let all = bufferConcat(chunks);
    while (all.length >= HEAD && all.length >= HEAD + readUint32(all, 0)) {
      const end = HEAD + readUint32(all, 0);
      receive(parseJson(bufferText(all, "utf8", HEAD, end)));
      all = someBytes(all, end);
    }
    chunks.length = 0;
    chunks[0] = all;
    size = all.length;
  });
  socket.on("end", ended);
  socket.on("error", ended);
}

/** The bytes of the first frame, as far as its head is in one piece. */
function needed(chunks) {
  return chunks[0].length < HEAD ? HEAD : HEAD + readUint32(chunks[0], 0);
}
