#!/usr/bin/env node
// Writes config/weir.schema.json, the JSON Schema of the configuration file, from the settings of the build in dist/.
//
//   node scripts/generate-schema.mjs           writes the file
//   node scripts/generate-schema.mjs --check   exits 1 when the file is not what would be written
import { format, resolveConfig } from 'prettier';

import { built, writeOrCheck } from './lib/generated.mjs';

const file = new URL('../config/weir.schema.json', import.meta.url);
const { configurationSchema } = await built('config/json-schema.js');

const text = JSON.stringify(configurationSchema(), null, 2);
writeOrCheck(file, await format(text, { ...(await resolveConfig(file)), parser: 'json' }), import.meta.url);
