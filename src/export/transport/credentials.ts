import { readFileSync } from 'node:fs';

import { OutputError, outputErrorFrom } from '../output-error.js';

/** Who we are for a server that asks. Never part of a name, a message or a count. */
export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** What the text of an output says about them. */
export interface CredentialOptions {
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/**
 * Takes user and password from the options, or from the variables `PREFIX_USER` and `PREFIX_PASSWORD` when there are none.
 * Throws an OutputError when the file cannot be used.
 */
export function readCredentials(
  output: string,
  prefix: 'NATS' | 'REDIS',
  { user, passwordFile }: CredentialOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Credentials {
  const [ownUser, ownPassword] = [environment[`${prefix}_USER`], environment[`${prefix}_PASSWORD`]];
  if (user === undefined && passwordFile === undefined) {
    return { user: nonEmpty(ownUser), password: nonEmpty(ownPassword) };
  }
  if (passwordFile === undefined) return { user, password: nonEmpty(ownPassword) };
  let text: string;
  try {
    text = readFileSync(passwordFile, 'utf8');
  } catch (error) {
    throw outputErrorFrom(error, output, `cannot read password-file=${passwordFile}`);
  }
  const password = text.replace(/\r?\n$/, '');
  if (password === '' || password.includes('\n')) {
    throw new OutputError(output, null, `password-file=${passwordFile}: expected one line, the password`);
  }
  return { user, password };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
