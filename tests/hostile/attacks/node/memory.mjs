// Takes 600 MiB outside of the heap that the runtime bounds.
export function attack(mib) {
  const held = [];
  for (let count = 0; count < mib; count += 1) held.push(Buffer.alloc(1 << 20, 1));
  return held.length;
}
