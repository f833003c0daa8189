// Serves the answer's application on the sandbox's own loopback, where the judge asks it.

import * as answer from "./answer.mjs";

const served = new Map();

/**
 * Serve an application of its own for some users.
 *
 * @param {object[]} users - the array that the application is given
 * @returns {Promise<number>} the port
 */
export function listen(users) {
  const app = answer.createApp(users);
  return new Promise((resolve, reject) => {
    const server = app.listen(0, "127.0.0.1", (error) => {
      if (error) {
        reject(error);
        return;
      }
      const { port } = server.address();
      served.set(port, users);
      resolve(port);
    });
  });
}

/** The array that the application on a port was given, as it is now. */
export function usersOf(port) {
  return served.get(port);
}
