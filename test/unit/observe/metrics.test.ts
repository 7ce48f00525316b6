import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { METRICS } from '../../../src/observe/metrics.js';
import { page, ROOT } from '../docs/pages.js';

const NAMES = METRICS.map(({ name }) => name);

/** Names of metrics in a query. */
function metricsIn(query: string): string[] {
  return query.match(/\bweir_\w+/g) ?? [];
}

/** Labels that a query matches or groups by, beside those that the scrape adds. */
function labelsIn(query: string): string[] {
  const matched = Array.from(query.matchAll(/\{([^}]*)\}/g), ([, list]) => list).flatMap((list) =>
    Array.from(list.matchAll(/(\w+)\s*[=!]/g), ([, label]) => label),
  );
  const grouped = Array.from(query.matchAll(/\bby \(([^)]*)\)/g), ([, list]) =>
    list.split(',').map((each) => each.trim()),
  );
  return [...matched, ...grouped.flat()].filter((label) => label !== 'instance');
}

function labelsOf(name: string): readonly string[] {
  return METRICS.find((each) => each.name === name)?.labels ?? [];
}

/** Labels that legends and texts take from the samples. */
function templatesIn(text: string): string[] {
  return Array.from(text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g), ([, label]) => label).filter(
    (label) => label !== 'instance',
  );
}

function expectKnown(query: string, texts: readonly string[]): void {
  const used = metricsIn(query);
  expect(used, query).not.toEqual([]);
  for (const name of used) expect(NAMES, query).toContain(name);
  for (const label of labelsIn(query).concat(texts.flatMap(templatesIn))) {
    expect(used.flatMap(labelsOf), `${query}: ${label}`).toContain(label);
  }
}

describe('names of metrics', () => {
  it('are good ones, each once', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    for (const { name, kind, help } of METRICS) {
      expect(name).toMatch(/^weir_[a-z_]+$/);
      expect(name.endsWith('_total'), name).toBe(kind === 'counter');
      expect(help).toMatch(/^\S.*\.$/);
    }
  });

  it('and what is said of them stand in docs/metrics.md', () => {
    const documented = Array.from(
      page('docs/metrics.md').text.matchAll(/^\| `(weir_\w+)` +\| (\w+) +\| (.*?) +\| (.*?) +\|$/gm),
      ([, ...cells]) => cells,
    );
    const expected = METRICS.map(({ name, kind, labels, help }) => [
      name,
      kind,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
    expect(documented.map((cells) => cells.map((cell) => cell.trim()))).toEqual(expected);
  });
});

describe('what asks for metrics', () => {
  it('asks for those that there are: the dashboard', () => {
    const { panels, templating } = JSON.parse(fs.readFileSync(path.join(ROOT, 'config/grafana/weir.json'), 'utf8'));
    for (const { title, targets } of panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { expr, legendFormat } of targets) expectKnown(expr, [legendFormat]);
    }
    expect(NAMES).toContain(metricsIn(templating.list[1].query.query)[0]);
    expect(panels.length).toBeGreaterThan(10);
  });

  it('asks for those that there are: the alerts', () => {
    const { groups } = parse(fs.readFileSync(path.join(ROOT, 'config/prometheus/alerts.yaml'), 'utf8'));
    expect(groups[0].rules.length).toBeGreaterThan(5);
    for (const { expr, annotations } of groups[0].rules) expectKnown(expr, Object.values(annotations));
  });
});
