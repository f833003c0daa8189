// Writes into a folder that everybody may write to, itself and by a program.
import { spawnSync } from "node:child_process";
import fs from "node:fs";

export function attack(folder) {
  try {
    fs.writeFileSync(`${folder}/was-here`, "x");
  } catch {}
  spawnSync("/bin/sh", ["-c", `echo x > ${folder}/was-here-too`]);
  return null;
}
