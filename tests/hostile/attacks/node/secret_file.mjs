// Reads a file that everybody may read, straight, by detours, and through a program.
import { spawnSync } from "node:child_process";
import fs from "node:fs";

export function attack(path) {
  for (const way of [path, `/proc/self/root${path}`, `/proc/1/root${path}`, `/usr/lib/../..${path}`]) {
    try {
      return fs.readFileSync(way, "utf8");
    } catch {}
  }
  return String(spawnSync("/bin/cat", [path]).stdout ?? "");
}
