#!/usr/bin/env node
/**
 * Does the steps of the Dockerfile without a container engine, in roots that debootstrap makes, and uses what comes out:
 * version, a replay, a capture by the image's user, its health check. To be run by hand, as root, with mirrors of Debian and
 * npm in reach; takes some minutes and 2 GB. The base image is Debian with the Node.js of this machine in /usr/local.
 *   scripts/try-image.mjs [SUITE]
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const context = fileURLToPath(new URL('..', import.meta.url));
const [suite = 'bookworm'] = process.argv.slice(2);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-image-'));
const base = path.join(work, 'base');

/** What the Dockerfile has said of the stage that is being built. */
class Stage {
  env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  user = '0:0';
  folder = '/';
  entrypoint = [];
  healthcheck = [];

  constructor(name) {
    this.root = path.join(work, name);
    run('cp', ['-a', base, this.root]);
  }

  at(file) {
    return path.join(this.root, path.resolve(this.folder, file));
  }

  /** Words of a command in the root, by the stage's user, with /proc of its own. */
  command(words, user = this.user) {
    const [uid, gid] = user.split(':');
    const env = Object.entries({ ...this.env, ...(user === '0:0' ? npmSettings() : {}) }).map(([k, v]) => `${k}=${v}`);
    const as = user === '0:0' ? [] : ['setpriv', '--reuid', uid, '--regid', gid, '--clear-groups'];
    const inside = ['env', '-i', ...env, ...as, 'sh', '-c', 'cd "$0" && exec "$@"', this.folder, ...words];
    return ['unshare', ['-m', '-p', '-f', `--mount-proc=${this.root}/proc`, 'chroot', this.root, ...inside]];
  }

  run(words, user) {
    run(...this.command(words, user));
  }

  /** Standard output of a command that has to succeed. */
  output(words) {
    return execFileSync(...this.command(words), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  }
}

try {
  makeBase();
  const stages = build();
  await use(stages.at(-1));
  console.log(`built and used in Debian ${suite}: no fault`);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}

function run(program, words) {
  const { status, error } = spawnSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

/** A Debian as small as the slim images, with node and npm where the official images have them. */
function makeBase() {
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', suite, base]);
  const local = path.join(base, 'usr/local');
  fs.copyFileSync(process.execPath, path.join(local, 'bin/node'));
  fs.chmodSync(path.join(local, 'bin/node'), 0o755);
  const npm = path.dirname(path.dirname(fs.realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
  fs.cpSync(npm, path.join(local, 'lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    fs.symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(local, 'bin', name));
  fs.copyFileSync('/etc/resolv.conf', path.join(base, 'etc/resolv.conf'));
  run('cp', ['-a', '/etc/ssl/certs/.', path.join(base, 'etc/ssl/certs')]);
}

/** The registry of this machine, in the environment of whoever builds. */
function npmSettings() {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { npm_config_registry: registry.trim(), npm_config_cafile: '/etc/ssl/certs/ca-certificates.crt' };
}

/** Goes through the instructions; returns the stages. */
function build() {
  const text = fs.readFileSync(path.join(context, 'Dockerfile'), 'utf8');
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const stages = [];
  const names = new Map();
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, name, rest] = /^(\w+) +(.*)$/.exec(line);
    console.log(`\n${name} ${rest}`);
    const stage = stages.at(-1);
    switch (name) {
      case 'FROM':
        stages.push(new Stage(`stage-${stages.length}`));
        names.set(/ AS (\w+)$/.exec(rest)?.[1], stages.at(-1));
        break;
      case 'RUN':
        stage.run(['sh', '-c', rest]);
        break;
      case 'COPY':
        copy(stage, rest.split(/ +/), names);
        break;
      case 'WORKDIR':
        stage.folder = rest;
        fs.mkdirSync(stage.at('.'), { recursive: true });
        break;
      case 'ENV':
        for (const pair of rest.trim().split(/ +/)) stage.env[pair.split('=')[0]] = pair.split('=')[1];
        break;
      case 'USER':
        stage.user = rest;
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(rest);
        break;
      case 'HEALTHCHECK':
        stage.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(rest)[1]);
        break;
      case 'VOLUME':
      case 'STOPSIGNAL':
      case 'CMD':
        break;
      default:
        throw new Error(`this script does not know ${name}`);
    }
  }
  return stages;
}

function copy(stage, words, names) {
  const from = words[0].startsWith('--from=') ? names.get(words.shift().slice('--from='.length)) : null;
  const target = stage.at(words.pop());
  for (const source of words) {
    const file = path.join(from === null ? context : from.root, source);
    const isFolder = fs.statSync(file).isDirectory();
    const to = isFolder || words.length === 1 ? target : path.join(target, path.basename(source));
    fs.mkdirSync(isFolder ? to : path.dirname(to), { recursive: true });
    if (from === null && isFolder) copyContext(file, to);
    else
      run('cp', [
        '-aT',
        file,
        fs.existsSync(to) && !isFolder && fs.statSync(to).isDirectory() ? path.join(to, path.basename(source)) : to,
      ]);
  }
}

/** What .dockerignore leaves, which has names and `*` only. */
function copyContext(folder, to) {
  const ignored = fs
    .readFileSync(path.join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  run('tar', [
    '-C',
    folder,
    '--anchored',
    ...ignored.map((name) => `--exclude=./${name}`),
    '-cf',
    path.join(work, 'context.tar'),
    '.',
  ]);
  run('tar', ['-C', to, '-xf', path.join(work, 'context.tar')]);
}

/** As people use the image. */
async function use(stage) {
  stage.run([...stage.entrypoint, '--version']);
  fs.copyFileSync(path.join(context, 'pcaps/dns.pcap'), stage.at('/tmp/dns.pcap'));
  const records = stage.output([...stage.entrypoint, 'replay', '/tmp/dns.pcap', '--stats', 'none']);
  if (records.trim().split('\n').length !== 7) throw new Error(`a replay gave ${records}`);
  const words = ['live', '-i', 'lo', '-o', 'flows.jsonl', '--idle-timeout', '1s'];
  const [program, rest] = stage.command([...stage.entrypoint, ...words]);
  const live = spawn(program, rest, { stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = new Promise((resolve) => live.on('close', resolve));
  let told = '';
  live.stderr.on('data', (piece) => (told += piece));
  while (!/captures from/.test(told)) {
    if (live.exitCode !== null) throw new Error(`weir live ended: ${told}`);
    await sleep(100);
  }
  // Packets over lo.
  stage.run(stage.healthcheck);
  const file = stage.at('flows.jsonl');
  for (let tries = 0; !fs.existsSync(file) || fs.statSync(file).size === 0; tries++) {
    if (tries > 100) throw new Error(`no record was written: ${told}`);
    await sleep(100);
  }
  const init = fs.readFileSync(`/proc/${live.pid}/task/${live.pid}/children`, 'utf8').trim();
  process.kill(Number(init), 'SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`weir live ended with ${code}: ${told}`);
}
