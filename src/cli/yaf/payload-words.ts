import { EXTRACTED } from '../../dpi/extracted.js';
import { LABEL_NUMBERS } from '../../dpi/labels.js';
import { PayloadBound } from '../../dpi/payload-settings.js';
import { wholeNumber } from '../../config/units.js';
import { UsageError } from '../usage-error.js';
import type { YafWords } from './translate.js';

/** YAF's plugins, by the name of their library, and the protocols whose metadata they export; null for all. */
const PLUGINS: Readonly<Record<string, readonly string[] | null>> = {
  dpacketplugin: null,
  dhcp_fp_plugin: ['dhcp'],
};
/** What `--plugin-opts` has beside the numbers of labels. */
const PLUGIN_SWITCHES = ['DNSSEC'];
const MOST_YAF_PAYLOAD = 65_535;

/** The words for payload, entropy, labels and metadata. YAF has all of these only with --max-payload. */
export function payloadWords(words: YafWords): string[] {
  const max = numberOf(words, 'max-payload');
  const needing = ['entropy', 'export-payload', 'max-export', 'applabel', 'plugin-name'];
  const missing = needing.find((name) => words[name] !== undefined);
  if (missing !== undefined && (max ?? 0) === 0) throw new UsageError(`--${missing}: expected --max-payload too`);
  if (words['plugin-name'] !== undefined && words.applabel === undefined)
    throw new UsageError('--plugin-name: expected --applabel too');
  if (words['plugin-opts'] !== undefined && words['plugin-name'] === undefined)
    throw new UsageError('--plugin-opts: expected --plugin-name too');
  const kept = Math.min(max ?? 0, PayloadBound.Octets);
  const exported = Math.min(kept, numberOf(words, 'max-export') ?? kept);
  return [
    ...(words.applabel === true ? [`--dpi=${inspected(words)}`] : []),
    ...(words.entropy === true ? [`--entropy=${kept}`] : []),
    ...(words['export-payload'] === true ? ['--export-payload', String(exported)] : []),
  ];
}

/** What `--dpi` is to say: `labels`, `all`, or names of protocols. */
function inspected(words: YafWords): string {
  const names = textOf(words, 'plugin-name');
  if (names === undefined) return 'labels';
  const chosen = names.split(',').map((name) => {
    const library = /([^/]+?)(?:\.(?:la|so))?$/.exec(name.trim())?.[1] ?? '';
    if (!(library in PLUGINS))
      throw new UsageError(`--plugin-name '${name}': expected some of ${Object.keys(PLUGINS).join(', ')}`);
    return PLUGINS[library];
  });
  const options = textOf(words, 'plugin-opts');
  if (chosen.includes(null)) return options === undefined ? 'all' : labelNames(options);
  return chosen.flatMap((protocols) => protocols ?? []).join(',');
}

/** The protocols of the labels that `--plugin-opts` restricts the plugin to. */
function labelNames(options: string): string {
  const labels = options.split(/[\s,]+/).filter((word) => word !== '' && !PLUGIN_SWITCHES.includes(word.toUpperCase()));
  if (labels.length === 0) return 'all';
  return labels
    .map((label) => {
      const found = EXTRACTED.find((name) => String(LABEL_NUMBERS[name]) === label);
      if (found === undefined) throw new UsageError(`--plugin-opts '${label}': weir takes no metadata of that label`);
      return found;
    })
    .join(',');
}

function textOf(words: YafWords, name: string): string | undefined {
  const value = words[name];
  return typeof value === 'string' ? value : undefined;
}

function numberOf(words: YafWords, name: string): number | null {
  const text = textOf(words, name);
  if (text === undefined) return null;
  try {
    return wholeNumber(text, 0, MOST_YAF_PAYLOAD);
  } catch (error) {
    throw new UsageError(`--${name} ${(error as Error).message}`, { cause: error });
  }
}
