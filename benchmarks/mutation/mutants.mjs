// Gives all mutants of a program, each as a whole source text.
//
// Usage: node mutants.mjs NODE_MODULES FILE_NAME < source > mutants.json
// The file's name says by its ending which language it is; no such file need be there. The answer is a list of
// { line, column, operator, before, after, source }, line and column from 1.

import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [modules, name] = process.argv.slice(2);
const { resolve } = createRequire(join(modules, "here.mjs"));
const { Instrumenter } = await import(pathToFileURL(resolve("@stryker-mutator/instrumenter")).href);

const silent = () => {};
const logger = {
  isDebugEnabled: () => false,
  debug: silent,
  info: silent,
  warn: silent,
};

/** Turns positions, whose lines and columns begin at 0, into places in the text. */
function placesIn(source) {
  const starts = [0];
  for (const { index } of source.matchAll(/\n/g)) starts.push(index + 1);
  return ({ line, column }) => starts[line] + column;
}

// Their originals stand among operators, where the text of another one alone would bind differently.
const GROUPED = new Set(["ArithmeticOperator", "EqualityOperator", "LogicalOperator"]);

function applied(source, place, { location, mutatorName, replacement }) {
  const [start, end] = [place(location.start), place(location.end)];
  const put = GROUPED.has(mutatorName) ? `(${replacement})` : replacement;
  return {
    line: location.start.line + 1,
    column: location.start.column + 1,
    operator: mutatorName,
    before: source.slice(start, end),
    after: replacement,
    source: source.slice(0, start) + put + source.slice(end),
  };
}

const source = await text(process.stdin);
const options = { plugins: null, excludedMutations: [], ignorers: [] };
const { mutants } = await new Instrumenter(logger).instrument([{ name, mutate: true, content: source }], options);
const place = placesIn(source);
process.stdout.write(JSON.stringify(mutants.map((mutant) => applied(source, place, mutant))));
