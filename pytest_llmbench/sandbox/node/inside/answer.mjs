// Loads an answer, and the harness of its task, as ES modules.
//
// An answer that plainly is CommonJS (it has no ES module syntax, and mentions require, module.exports or
// exports) is loaded as such; a small ES module in its place exports what it exports.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

import { quoted } from "./builtins.mjs";

const COMMONJS_WORDS = /\b(?:require\s*\(|module\s*\.\s*exports\b|exports\s*[.[])/;
const COMMONJS_PARAMETERS = ["exports", "require", "module", "__filename", "__dirname"];

function isCommonJs(code) {
  if (!COMMONJS_WORDS.test(code)) return false;
  try {
    // Parsed and not run: import, export and await at the top level are errors of syntax there.
    vm.compileFunction(code, COMMONJS_PARAMETERS);
    return true;
  } catch {
    return false;
  }
}

function exportedNames(exported) {
  const isObject = (typeof exported === "object" && exported !== null) || typeof exported === "function";
  const names = isObject ? Object.keys(exported) : [];
  return names.filter((name) => name !== "default" && name.isWellFormed());
}

/** An ES module that exports what a CommonJS module does; a function by its own name too. */
function shim(exported) {
  const names = exportedNames(exported);
  const lines = [
    'import { createRequire } from "node:module";',
    'const exported = createRequire(import.meta.url)("./answer.cjs");',
    "export default exported;",
    ...names.map((name, index) => `const e${index} = exported[${quoted(name)}]; export { e${index} as ${quoted(name)} };`),
  ];
  if (typeof exported === "function" && exported.name && !names.includes(exported.name)) {
    lines.push(`export { exported as ${quoted(exported.name)} };`);
  }
  return lines.join("\n");
}

function writeAnswer(file, code) {
  if (!isCommonJs(code)) {
    fs.writeFileSync(file, code);
    return;
  }
  const commonJs = path.join(path.dirname(file), "answer.cjs");
  fs.writeFileSync(commonJs, code);
  fs.writeFileSync(file, shim(createRequire(file)(commonJs)));
}

/**
 * Load an answer and a harness.
 *
 * @param {string} code - the answer, seen by the harness as "./answer.mjs"
 * @param {string | null} harness - the harness
 * @param {string} packages - the node_modules folder for both, or ""
 * @returns the modules in which names are looked up, in that order
 */
export async function load(code, harness, packages) {
  const folder = process.cwd();
  if (packages) fs.symlinkSync(packages, path.join(folder, "node_modules"));
  const answerFile = path.join(folder, "answer.mjs");
  const harnessFile = path.join(folder, "harness.mjs");
  if (harness !== null) fs.writeFileSync(harnessFile, harness);
  const urls = [answerFile, harnessFile].map((file) => pathToFileURL(file).href);
  writeAnswer(answerFile, code);
  const answer = await import(urls[0]);
  return harness === null ? [answer] : [await import(urls[1]), answer];
}
