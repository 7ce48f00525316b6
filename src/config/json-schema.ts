import { SETTING_KEYS, settingOf } from './settings.js';
import type { JsonSchema, ValueType } from './value-types.js';

type SchemaObject = Record<string, unknown>;

/** JSON Schema (draft 07, which editors know best) of the configuration file. */
export function configurationSchema(): JsonSchema {
  const root = group();
  for (const key of SETTING_KEYS) {
    const words = key.split('.');
    const properties = words.slice(0, -1).reduce(below, root).properties as SchemaObject;
    properties[words[words.length - 1]] = settingSchema(key);
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of weir',
    ...root,
  };
}

/** The group `word` within `parent`, made when it is not there. A group may be empty: all of it commented out. */
function below(parent: SchemaObject, word: string): SchemaObject {
  const properties = parent.properties as SchemaObject;
  properties[word] ??= { ...group(), type: ['object', 'null'] };
  return properties[word] as SchemaObject;
}

function group(): SchemaObject {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function settingSchema(key: (typeof SETTING_KEYS)[number]): SchemaObject {
  const { help, more, standard, type } = settingOf(key);
  const text = [`${help}.`, ...(more === undefined ? [] : [more]), `Accepts: ${type.accepts}.`].join(' ');
  return {
    description: text,
    ...(standard === null ? {} : { default: standardValue(standard, type) }),
    ...type.schema,
  };
}

/** A schema's default has the type of the value: true, not 'true'. */
function standardValue(standard: string, { commas, form, unit }: ValueType<unknown>): unknown {
  if (form === 'many') return [standard];
  if (form === 'switch') return standard === 'true';
  return unit === '' && !commas && /^\d+$/.test(standard) ? Number(standard) : standard;
}
