import type { Layer } from './layer.js';
import { nearest } from './nearest.js';
import { KEY_BY_ENVIRONMENT, settingOf } from './settings.js';

/** Environment variables of the program that are no settings. */
export const CONFIG_VARIABLE = 'WEIR_CONFIG';

/**
 * What Kubernetes (and Docker's links) put into the environment of a container for a service that is called weir or
 * weir-something. No setting is called so, and none of these is meant for us.
 */
const SERVICE_LINK = /^WEIR_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/**
 * Settings in the environment: WEIR_FLOW_IDLE_TIMEOUT=30s. Items of a list stand with white space between them. A variable
 * that begins with WEIR_ and is no setting is a fault; an empty one is none.
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Layer {
  const layer: Layer = { given: [], faults: [] };
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('WEIR_') || name === CONFIG_VARIABLE || SERVICE_LINK.test(name)) continue;
    const key = KEY_BY_ENVIRONMENT.get(name);
    if (key === undefined) {
      const known = [...KEY_BY_ENVIRONMENT.keys()];
      // As the option of that name suggests: WEIR_IDLE_TIMEOUT.
      const ending = name.slice('WEIR'.length);
      const meant = known.find((each) => each.endsWith(ending)) ?? nearest(name, known);
      layer.faults.push(`${name}: no setting has this name${meant === null ? '' : `; did you mean ${meant}?`}`);
    } else if (value !== undefined && value.trim() !== '') {
      const texts = settingOf(key).type.form === 'many' ? value.trim().split(/\s+/) : [value.trim()];
      layer.given.push({ key, texts, source: 'environment', where: name });
    }
  }
  return layer;
}
