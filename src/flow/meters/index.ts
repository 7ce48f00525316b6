import type { Meter } from '../meter.js';
import { macAddresses } from './mac-addresses.js';
import { serviceClass } from './service-class.js';

/** The meters beside the base ones (base.ts), in the order of their passes. A new meter is one more line here. */
export const METERS: readonly Meter[] = [serviceClass, macAddresses];
