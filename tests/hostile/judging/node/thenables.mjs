// Gives promises of its own making, which resolve twice, never, or to themselves. Earns: nothing
process.on("uncaughtException", () => process.exit(0));
process.on("unhandledRejection", () => process.exit(0));
export const add_up = () => ({
  then(resolve, reject) {
    resolve({ valueOf: () => 15 });
    resolve(15);
    reject(new Error("late"));
  },
});
export const steps = () => ({ then: (resolve) => void resolve, length: 3 });
setTimeout(() => process.exit(0), 200);
