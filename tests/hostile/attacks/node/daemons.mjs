// Leaves programs behind in sessions of their own.
import { spawn } from "node:child_process";
import fs from "node:fs";

export async function attack(name) {
  // A program's name is its file's: a link gives sleep the name that is looked for.
  fs.symlinkSync("/bin/sleep", `./${name}`);
  for (let count = 0; count < 3; count += 1) {
    spawn(`./${name}`, ["20"], { detached: true, stdio: "ignore" }).unref();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  return true;
}
