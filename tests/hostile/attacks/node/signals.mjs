// Kills another process of the same user, itself and by a program.
import { spawnSync } from "node:child_process";

export function attack(number) {
  try {
    process.kill(number, "SIGKILL");
  } catch {}
  spawnSync("/bin/sh", ["-c", `kill -9 ${number}`]);
  return null;
}
