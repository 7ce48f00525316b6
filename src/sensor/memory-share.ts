/** Settings of one of several workers: each has its share of the memory. */
export function shareOf<T extends { readonly memoryOctets: number }>(settings: T | null, workers: number): T | null {
  return settings === null ? null : { ...settings, memoryOctets: Math.floor(settings.memoryOctets / workers) };
}
