// Connects to a port of the machine's loopback address.
import net from "node:net";

export function attack(port) {
  return new Promise((resolve) => {
    const stream = net.connect(port, "127.0.0.1");
    stream.on("connect", () => (stream.destroy(), resolve(true)));
    stream.on("error", () => resolve(false));
  });
}
