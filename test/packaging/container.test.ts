import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { readConfigurationFile } from '../../src/config/configuration-file.js';
import { readEnvironment } from '../../src/config/environment.js';
import { run } from '../support/run-weir.js';

/**
 * Dockerfile and Kubernetes: there is no engine where this runs, so it looks at what a linter would. hadolint itself is neither
 * among Debian's packages nor among npm's; what it adds to its own rules, ShellCheck of the RUN instructions, Debian has.
 */

const hasShellCheck = spawnSync('shellcheck', ['--version']).error === undefined;
if (!hasShellCheck) console.warn('scripts of the Dockerfile are not checked: there is no shellcheck');

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = fs.readFileSync(path.join(root, 'Dockerfile'), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const instructions: readonly Instruction[] = dockerfile
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => /^(\w+) +(.*)$/.exec(line)?.slice(1) ?? [line, ''])
  .map(([name, rest]) => ({ name, rest }));
const all = (name: string): readonly string[] =>
  instructions.filter((each) => each.name === name).map(({ rest }) => rest);

describe('the Dockerfile', () => {
  it('has instructions that there are, and begins with an image', () => {
    const known = 'FROM RUN COPY WORKDIR ENV USER VOLUME HEALTHCHECK STOPSIGNAL ENTRYPOINT CMD'.split(' ');
    expect(instructions.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    expect(instructions[0].name).toBe('FROM');
  });

  it('names versions of images, of a Node.js that weir supports (DL3006, DL3007)', () => {
    for (const image of all('FROM')) expect(image).toMatch(/^node:24-\w+-slim( AS \w+)?$/);
  });

  it('copies what is there', () => {
    const ignored = fs.readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    for (const source of sources) {
      expect(fs.existsSync(path.join(root, source)), source).toBe(true);
      expect(ignored).not.toContain(source);
    }
    expect(ignored).toEqual(expect.arrayContaining(['.git', 'node_modules', 'dist']));
  });

  it('leaves no lists of packages, recommends and no prompt behind (DL3009, DL3014, DL3015)', () => {
    const installing = all('RUN').filter((rest) => rest.includes('apt-get install'));
    expect(installing.length).toBeGreaterThan(0);
    for (const rest of installing) {
      expect(rest).toMatch(
        /apt-get update .*apt-get install -y --no-install-recommends .*rm -rf \/var\/lib\/apt\/lists/,
      );
    }
  });

  it.skipIf(!hasShellCheck)('runs scripts in which ShellCheck finds nothing', () => {
    const script = `${all('RUN').join('\n')}\n`;
    const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', '-'], { input: script, encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('runs as a user by number who is not root, in the form of a list (DL3002, DL3025)', () => {
    expect(all('USER')).toEqual(['10001:10001']);
    for (const name of ['ENTRYPOINT', 'CMD', 'VOLUME']) {
      expect(all(name)).toHaveLength(1);
      expect(JSON.parse(all(name)[0])).toEqual(expect.any(Array));
    }
    expect([...(JSON.parse(all('ENTRYPOINT')[0]) as string[]), ...(JSON.parse(all('CMD')[0]) as string[])]).toEqual(
      'weir live -c /etc/weir/weir.yaml'.split(' '),
    );
  });

  it('can be asked whether it is well, where it serves metrics', async () => {
    const check = /CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0])?.[1] ?? '';
    const [program, flag, script] = JSON.parse(check) as string[];
    expect([program, flag]).toEqual(['node', '-e']);
    const checked = await run(process.execPath, ['--check', '-'], { input: Buffer.from(script) });
    expect(checked).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(script).toContain('process.env.WEIR_DAEMON_METRICS}/healthz');
  });

  it('sets variables that are settings', () => {
    const pairs = all('ENV').flatMap((rest) =>
      rest
        .trim()
        .split(/ +/)
        .map((pair) => pair.split('=')),
    );
    expect(readEnvironment(Object.fromEntries(pairs) as Record<string, string>).faults).toEqual([]);
  });
});

interface Named {
  readonly name: string;
}
interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}
interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly hostNetwork: boolean;
        readonly securityContext: object;
        readonly volumes: readonly Named[];
        readonly containers: readonly {
          readonly env: readonly Named[];
          readonly volumeMounts: readonly Named[];
          readonly securityContext: { readonly capabilities: object; readonly readOnlyRootFilesystem: boolean };
        }[];
      };
    };
  };
}

describe('config/kubernetes/daemonset.yaml', () => {
  const file = fs.readFileSync(path.join(root, 'config/kubernetes/daemonset.yaml'), 'utf8');
  const documents = parseAllDocuments(file);
  const [map, daemonSet] = documents.map((document) => document.toJS() as unknown) as [ConfigMap, DaemonSet];
  const pod = daemonSet.spec.template.spec;
  const [container] = pod.containers;

  it('is YAML', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(documents).toHaveLength(2);
  });

  it('has a configuration without faults', () => {
    expect(readConfigurationFile(map.data['weir.yaml'], 'weir.yaml').faults).toEqual([]);
    expect(parse(map.data['weir.yaml'])).toHaveProperty('outputs');
  });

  it('sets variables that are settings', () => {
    const environment = Object.fromEntries(container.env.map(({ name }) => [name, 'x']));
    expect(readEnvironment(environment).faults).toEqual([]);
    expect(container.env.length).toBeGreaterThan(1);
  });

  it('gives the right to capture and nothing else', () => {
    expect(container.securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_RAW'] });
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(pod.hostNetwork).toBe(true);
  });

  it('selects its own pods, and mounts volumes that it has', () => {
    expect(daemonSet.spec.template.metadata.labels).toEqual(daemonSet.spec.selector.matchLabels);
    const volumes = pod.volumes.map(({ name }) => name);
    for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
  });
});
