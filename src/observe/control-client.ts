import net from 'node:net';

import type { ControlAnswer, ControlCommand } from './control-protocol.js';

const LONGEST_ANSWER_MS = 35_000;
/** An answer is never longer, whoever gives it. */
const LONGEST_ANSWER_OCTETS = 64 * 2 ** 20;

/** A sensor cannot be asked, or says no. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** A connection to a sensor's control socket. One request at a time. */
export class ControlClient {
  private waiting = '';
  private settle: ((answer: ControlAnswer | ControlError) => void) | null = null;

  private constructor(
    private readonly socket: net.Socket,
    private readonly path: string,
  ) {
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => this.take(piece));
    socket.on('error', (error) => this.end(new ControlError(`${path}: ${error.message}`)));
    socket.on('close', () => this.end(new ControlError(`${path}: the sensor has closed the connection`)));
  }

  /** Rejects with a ControlError when there is no sensor, or no permission. */
  static connect(path: string): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path);
      socket.once('error', (error: NodeJS.ErrnoException) => {
        const known = ADVICE[error.code ?? ''];
        reject(new ControlError(`${path}: ${known ?? error.message}`, { cause: error }));
      });
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new ControlClient(socket, path));
      });
    });
  }

  /** The result; rejects with a ControlError when the sensor says no or is gone. */
  async ask(command: ControlCommand, request: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await new Promise<ControlAnswer | ControlError>((resolve) => {
      const timer = setTimeout(() => this.end(new ControlError(`${this.path}: no answer`)), LONGEST_ANSWER_MS);
      this.settle = (got) => {
        clearTimeout(timer);
        resolve(got);
      };
      this.socket.write(`${JSON.stringify({ command, ...request })}\n`);
    });
    if (answer instanceof ControlError) throw answer;
    if (!answer.ok) throw new ControlError(answer.error);
    return answer.result;
  }

  close(): void {
    this.socket.destroy();
  }

  private take(piece: string): void {
    this.waiting += piece;
    if (this.waiting.length > LONGEST_ANSWER_OCTETS) this.end(new ControlError(`${this.path}: an answer without end`));
    const end = this.waiting.indexOf('\n');
    if (end < 0) return;
    const line = this.waiting.slice(0, end);
    this.waiting = this.waiting.slice(end + 1);
    this.end(JSON.parse(line) as ControlAnswer);
  }

  private end(answer: ControlAnswer | ControlError): void {
    this.settle?.(answer);
    this.settle = null;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'no such socket: is a sensor running, with this --socket?',
  ECONNREFUSED: 'nobody listens: the sensor is gone',
  EACCES: 'permission denied: only the user and group of the sensor may talk to it',
};
