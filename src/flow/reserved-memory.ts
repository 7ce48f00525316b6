/**
 * Memory for as many flows as there may be, zeros, of which little may ever be touched. Nobody shares it, but what can be
 * shared is not counted with the heap, which V8 would collect at once, and more often, for memory that is only reserved.
 */
export function reservedMemory(octets: number): SharedArrayBuffer {
  return new SharedArrayBuffer(octets);
}
