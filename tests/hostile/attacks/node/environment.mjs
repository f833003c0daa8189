// Looks for a variable in its own environment and in that of every process it sees.
import fs from "node:fs";

export function attack(name) {
  const seen = Object.entries(process.env).map((pair) => pair.join("="));
  let numbers = [];
  try {
    numbers = fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  } catch {}
  for (const number of numbers) {
    try {
      seen.push(...fs.readFileSync(`/proc/${number}/environ`, "latin1").split("\0"));
    } catch {}
  }
  return seen.filter((text) => text.includes(name));
}
