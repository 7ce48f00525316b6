/** Times of a flow against each other. */

/** Truncated, never rounded. */
export function wholeMilliseconds(us: number): number {
  const ms = Math.floor(us / 1000);
  // The quotient of a large number may have been rounded up to the next whole one.
  return ms * 1000 > us ? ms - 1 : ms;
}

/** From one truncated time to the other, so that a reader who adds it finds the second; at most what 32 bits hold. */
export function deltaMilliseconds(fromUs: number, toUs: number): number {
  const delta = wholeMilliseconds(toUs) - wholeMilliseconds(fromUs);
  return delta < 0 ? 0 : delta > 0xffff_ffff ? 0xffff_ffff : delta;
}

/** From one time to the other, 0 when it is before. */
export function deltaMicroseconds(fromUs: number, toUs: number): number {
  return toUs < fromUs ? 0 : toUs - fromUs;
}

/** Nanoseconds of 10 bits each stand beside the microseconds. */
export function deltaNanoseconds(fromUs: number, fromNs: number, toUs: number, toNs: number): number {
  const delta = (toUs - fromUs) * 1000 + (toNs & 0x3ff) - (fromNs & 0x3ff);
  return delta < 0 ? 0 : delta;
}
