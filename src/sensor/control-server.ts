import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { errorCode, errorText } from '../capture/capture-error.js';
import { CONTROL_LIMITS } from '../observe/control-protocol.js';

/** Answers requests; what it throws or rejects with goes back as the error. */
export type Answer = (request: Readonly<Record<string, unknown>>) => unknown;

const CONNECT_MS = 1_000;
/** Only the owner and its group may talk to the sensor. */
const SOCKET_MODE = 0o660;

/**
 * The control socket: a request a line, JSON; an answer a line, JSON. Requests, connections and what waits on them are
 * bounded, so that whoever may talk to the sensor cannot keep it from its work.
 */
export class ControlServer {
  private readonly connections = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    readonly path: string,
  ) {}

  /** Listens at `socketPath`. A socket that nobody listens at any more gives way. Rejects with an error that names the path. */
  static async open(socketPath: string, answer: Answer): Promise<ControlServer> {
    await removeStale(socketPath);
    const server = net.createServer();
    server.maxConnections = CONTROL_LIMITS.connections;
    const control = new ControlServer(server, socketPath);
    server.on('connection', (connection) => control.serve(connection, answer));
    // The mode holds from the first moment on.
    const mask = process.umask(0o777 & ~SOCKET_MODE);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(socketPath, resolve);
      });
    } catch (error) {
      throw new Error(`control socket ${socketPath}: ${errorText(error)}`, { cause: error });
    } finally {
      process.umask(mask);
    }
    server.unref();
    return control;
  }

  /** Gives the socket and a folder made for it to another user. */
  giveTo(uid: number, gid: number): void {
    fs.chownSync(this.path, uid, gid);
  }

  close(): void {
    for (const connection of this.connections) connection.destroy();
    this.server.close();
    fs.rmSync(this.path, { force: true });
  }

  private serve(connection: net.Socket, answer: Answer): void {
    this.connections.add(connection);
    connection.unref();
    connection.setTimeout(CONTROL_LIMITS.idleMs, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    connection.on('close', () => this.connections.delete(connection));
    let waiting = '';
    connection.setEncoding('utf8');
    connection.on('data', (piece: string) => {
      waiting += piece;
      if (waiting.length > CONTROL_LIMITS.requestOctets) {
        connection.end(
          `${JSON.stringify({ ok: false, error: `a request has ${CONTROL_LIMITS.requestOctets} octets at most` })}\n`,
        );
        waiting = '';
        connection.pause();
        return;
      }
      if (!waiting.includes('\n')) return;
      const lines = waiting.split('\n');
      waiting = lines.pop() ?? '';
      // No more is read before these have been answered.
      connection.pause();
      void this.answerAll(connection, lines, answer).then(() => connection.resume());
    });
  }

  private async answerAll(connection: net.Socket, lines: readonly string[], answer: Answer): Promise<void> {
    for (const line of lines) {
      if (line.trim() === '') continue;
      const text = `${JSON.stringify(await answerOne(line, answer))}\n`;
      if (connection.destroyed) return;
      if (!connection.write(text)) await drained(connection);
    }
  }
}

async function answerOne(line: string, answer: Answer): Promise<unknown> {
  try {
    const request: unknown = JSON.parse(line);
    if (typeof request !== 'object' || request === null || Array.isArray(request)) {
      throw new RangeError('a request is a JSON object, such as {"command":"status"}');
    }
    return { ok: true, result: await answer(request as Readonly<Record<string, unknown>>) };
  } catch (error) {
    return { ok: false, error: errorText(error) };
  }
}

function drained(connection: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    connection.once('drain', resolve);
    connection.once('close', resolve);
  });
}

/** Removes a socket at which nobody listens. Rejects when somebody does, or when it is no socket. */
async function removeStale(socketPath: string): Promise<void> {
  let status: fs.Stats;
  try {
    status = fs.lstatSync(socketPath);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT')
      throw new Error(`control socket ${socketPath}: ${errorText(error)}`, { cause: error });
    fs.mkdirSync(path.dirname(socketPath), { recursive: true });
    return;
  }
  if (!status.isSocket()) throw new Error(`control socket ${socketPath}: there is something else of this name`);
  if (await isAnswering(socketPath)) throw new Error(`control socket ${socketPath}: another weir listens there`);
  fs.rmSync(socketPath, { force: true });
}

function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(socketPath);
    const finish = (isThere: boolean): void => {
      probe.destroy();
      resolve(isThere);
    };
    probe.setTimeout(CONNECT_MS, () => finish(true));
    probe.once('connect', () => finish(true));
    probe.once('error', (error) => finish(errorCode(error) === 'EACCES'));
  });
}
