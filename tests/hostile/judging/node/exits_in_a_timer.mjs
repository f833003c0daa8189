// Loads, and ends the process a little later with the code of success. Earns: nothing
setTimeout(() => process.exit(0), 1);
export const add_up = () => new Promise(() => {});
export const steps = () => new Promise(() => {});
